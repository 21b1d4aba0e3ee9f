"""The commands of ``offline-zoom``: one module each, with a ``main`` that takes the arguments after its name."""
