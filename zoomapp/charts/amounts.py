"""How much: bars by month, bars of a list, and any chart's numbers as a table."""

from collections.abc import Collection, Iterable, Sequence

from markupsafe import Markup, escape

from zoomapp.charts import svg

FOOT = 18  # pixels for the names below the bars, and as much for the numbers above


def storage(
    months: Sequence[tuple[str, int]], partial: Collection[str] = (), *, height: int = 104, prefix: str = "storage"
) -> Markup:
    """Bytes recorded in each month as bars, with gigabytes on top; the last month is the current one.

    ``partial``: months of which there may be more.
    """
    floor, slot = height - FOOT, 100 / max(1, len(months))
    largest = max((count for _, count in months), default=0) or 1
    body = [svg.across("c-base", floor)]
    for place, (label, count) in enumerate(months):
        current, tall = place == len(months) - 1, (floor - FOOT) * count / largest
        if count:
            x, y, width, rise = map(svg.number, (slot * (place + 0.13), floor - tall, slot * 0.74, tall))
            kind = "c-bar cur" if current else "c-bar"
            body.append(f'<rect class="{kind}" x="{x}%" y="{y}" width="{width}%" height="{rise}" rx="3"/>')
        middle = slot * (place + 0.5)
        more = "+" if label in partial else ""
        body.append(svg.text(middle, floor - tall - 5, _gigabytes(count) + more, "middle", strong=current))
        body.append(svg.text(middle, height - 3, label, "middle", strong=current))
    told = (f"{label} {_gigabytes(count)} GB{' or more' if label in partial else ''}" for label, count in months)
    words = ", ".join(told)
    return svg.figure(prefix, height, "Cloud storage added per month", f"{words}.", body)


def meter(value: float, largest: float) -> Markup:
    """A bar of 6 pixels relative to the largest of its list, whose row says the number."""
    share = 100 * min(1.0, max(0.0, float(value) / float(largest))) if largest else 0.0
    return Markup(
        '<svg class="chart c-track" height="6" aria-hidden="true">'
        f'<rect class="c-bar cur" width="{svg.number(share)}%" height="6" rx="3"/></svg>'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], title: str = "Show as table") -> Markup:
    """The numbers of a chart, behind "Show as table"."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return Markup(
        f'<details class="c-table"><summary>{escape(title)}</summary>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f}" if count else "0"
