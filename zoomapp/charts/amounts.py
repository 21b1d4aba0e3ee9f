"""Bars for amounts: storage by month, one bar in a list, and the table with a chart's numbers."""

from collections.abc import Collection, Iterable, Sequence

from markupsafe import Markup, escape

from zoomapp.charts import svg

MIN_SCALE_BYTES = 1e9
LABEL_HEIGHT = 18  # pixels for the month below a bar, and for the number above it


def storage(
    months: Sequence[tuple[str, int]], partial: Collection[str] = (), *, height: int = 104, prefix: str = "storage"
) -> Markup:
    """A bar chart of the bytes recorded in each month, with gigabytes as labels. The last month is the current one.

    ``partial`` names the months whose number is a lower bound.
    """
    floor, slot_width = height - LABEL_HEIGHT, 100 / max(1, len(months))
    # Below one gigabyte a bar does not fill the height: it would look like much.
    max_bytes = max(MIN_SCALE_BYTES, *(size for _, size in months)) if months else MIN_SCALE_BYTES
    body = [svg.horizontal_line("c-base", floor)]
    for index, (month, size) in enumerate(months):
        current, bar_height = index == len(months) - 1, (floor - LABEL_HEIGHT) * size / max_bytes
        if size:
            x, top = svg.number(slot_width * (index + 0.13)), svg.number(floor - bar_height)
            css_class = "c-bar cur" if current else "c-bar"
            body.append(
                f'<rect class="{css_class}" x="{x}%" y="{top}" width="{svg.number(slot_width * 0.74)}%" '
                f'height="{svg.number(bar_height)}" rx="3"/>'
            )
        middle = slot_width * (index + 0.5)
        plus = "+" if month in partial else ""
        body.append(svg.text(middle, floor - bar_height - 5, _gigabytes(size) + plus, "middle", bold=current))
        body.append(svg.text(middle, height - 3, month, "middle", bold=current))
    amounts = (f"{month} {_gigabytes(size)} GB{' or more' if month in partial else ''}" for month, size in months)
    return svg.figure(prefix, height, "Cloud storage added per month", f"{', '.join(amounts)}.", body)


def meter(value: float, max_value: float) -> Markup:
    """A bar of 6 pixels height. Its width is ``value`` relative to the largest value of the list."""
    share = 100 * min(1.0, max(0.0, float(value) / float(max_value))) if max_value else 0.0
    return Markup(
        '<svg class="chart c-track" height="6" aria-hidden="true">'
        f'<rect class="c-bar cur" width="{svg.number(share)}%" height="6" rx="3"/></svg>'
    )


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], title: str = "Show as table") -> Markup:
    """The numbers of a chart as a table, closed until the viewer opens it."""
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return Markup(
        f'<details class="c-table"><summary>{escape(title)}</summary>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def _gigabytes(size: int) -> str:
    """The label of an amount. One that would round to "0.0" is not nothing."""
    return f"{size / 1e9:.1f}" if size >= 0.05e9 else "<0.1" if size else "0"
