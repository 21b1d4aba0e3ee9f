"""Facts about Zoom's API and events, and a comparison of the offline Zoom with them.

``tables/`` has one file per topic, with a table per operation or event and a row of fields per object in it. A row
lists names after their type: ``int=1,2,3: type!`` is a required number with three values. Types are ``text``, ``int``,
``number``, ``bool``, ``time`` (UTC), ``day``, ``texts`` and ``ints`` (lists), ``object`` and ``list`` (of objects), and
``any``. ``time=""`` may also be empty, and ``~`` in a value stands for a space. ``@name`` stands for a row of
``[shapes]`` and those below it. ``body`` and the rows below it are those of the request. In an event, ``object`` and
the rows beside it are inside ``payload``.

    python -m offline_zoom.facts
"""
