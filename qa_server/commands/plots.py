"""Line plots of a simulated week as SVG, written by hand: two figures do not need a plotting library."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 960, 360, 60, 40, 50
_COLOURS = ("#1f5fa8", "#b5521b", "#3b7d3b")


def week_plot(series: Mapping[str, Sequence[float]], *, title: str, axis: str, days: Sequence[str]) -> str:
    """Return lines over the hours of a week. `series` by name, one value per hour; `days` are seven names."""
    top = max((max(values, default=0.0) for values in series.values()), default=0.0) or 1.0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>{escape(title)}</title>'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        f'<text x="{_LEFT}" y="22" font-size="16">{escape(title)}</text>'
    ]
    for share in (0.0, 0.5, 1.0):
        y = _y(share)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ccc"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * share:.0f}</text>')
    for day, name in enumerate(days):
        parts.append(
            f'<text x="{_x(day * 24 + 12, 168):.1f}" y="{_HEIGHT - 28}" text-anchor="middle">{escape(name)}</text>'
        )
    for place, (name, values) in enumerate(series.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        points = " ".join(f"{_x(hour, len(values)):.1f},{_y(value / top):.1f}" for hour, value in enumerate(values))
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>')
        parts.append(f'<text x="{_LEFT + 200 * place}" y="{_HEIGHT - 8}" fill="{colour}">{escape(name)}</text>')
    parts.append(f'<text x="{_WIDTH - 20}" y="22" text-anchor="end">{escape(axis)}</text></svg>')
    return "\n".join(parts)


def _x(hour: float, hours: int) -> float:
    return _LEFT + (_WIDTH - 20 - _LEFT) * hour / max(1, hours - 1)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * share
