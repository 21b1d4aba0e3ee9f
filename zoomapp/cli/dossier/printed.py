"""The dossier as one HTML page to print: no script, nothing from another address."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import escape

STYLE = """
body { font: 11pt/1.45 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; font-size: .85em; margin: .6rem 0; }
th, td { border: 1px solid #bbb; padding: .25rem .45rem; text-align: left; vertical-align: top; }
th { background: #eee; } td { overflow-wrap: break-word; } code { font-size: .92em; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
@page { margin: 18mm; }
"""


def page(app_name: str, markdown: str) -> str:
    """The page. HTML in the text is shown as text."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    title = escape(f"{app_name}: documents for Zoom’s review")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}</body></html>'
