"""A figure as SVG: colours as attributes for files, and as classes that a page's themes override.

No style sheet and no ``style`` attribute, so that the page's security policy holds for it too.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from reporting.figures.lines import DASH, GAP, one_line, shaft_and_head
from reporting.figures.palette import LIGHT
from reporting.figures.shapes import Disc, Figure, Opens, Path, Point, Rect, Shape, Words

# Texts are laid out by the widths of the first; Verdana is as wide, and the rest is narrower.
FONTS = "DejaVu Sans, Verdana, Geneva, sans-serif"
Address = Callable[[Opens], str]


def svg(figure: Figure, *, address: Address | None = None, name: str = "figure") -> str:
    """Return a figure as one SVG element.

    ``address`` gives where words that open lead to; without it nothing is a link. ``name`` begins
    the ids, which must differ between the figures of one page.
    """
    size = f'width="{_number(figure.width)}" height="{_number(figure.height)}"'
    # The contents of an image are hidden from who hears the page, and links must not be.
    role = "group" if address and any(_opens(shape) for shape in figure.shapes) else "img"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {_number(figure.width)} {_number(figure.height)}" role="{role}" '
        f'aria-labelledby="{_text(name)}-title" aria-describedby="{_text(name)}-desc" '
        f'font-family="{FONTS}">'
    )
    lines = [
        head,
        f'<title id="{_text(name)}-title">{_text(figure.title)}</title>',
        f'<desc id="{_text(name)}-desc">{_text(figure.description)}</desc>',
        f"<rect {size} {_paint('fill', 'paper')}/>",
        *(line for shape in figure.shapes for line in _lines(shape, address)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _opens(shape: Shape) -> bool:
    return isinstance(shape, Words) and shape.opens is not None


def _lines(shape: Shape, address: Address | None) -> Iterator[str]:
    match shape:
        case Rect():
            yield _rect(shape)
        case Disc():
            yield (
                f'<circle cx="{_number(shape.x)}" cy="{_number(shape.y)}" '
                f'r="{_number(shape.radius)}" {_paints(shape.fill, shape.stroke)}'
                f"{_weight(shape.stroke, shape.stroke_width)}/>"
            )
        case Path():
            yield from _path(shape)
        case Words():
            yield _words(shape, address)


def _rect(shape: Rect) -> str:
    corners = f' rx="{_number(shape.radius)}"' if shape.radius else ""
    return (
        f'<rect x="{_number(shape.x)}" y="{_number(shape.y)}" width="{_number(shape.width)}" '
        f'height="{_number(shape.height)}"{corners} {_paints(shape.fill, shape.stroke)}'
        f"{_weight(shape.stroke, shape.stroke_width)}/>"
    )


def _path(shape: Path) -> Iterator[str]:
    shaft, head = shaft_and_head(shape)
    element = "polygon" if shape.closed else "polyline"
    dash = f' stroke-dasharray="{_number(DASH)} {_number(GAP)}"' if shape.dashed else ""
    yield (
        f'<{element} points="{_points(shaft)}" {_paints(shape.fill, shape.stroke)}'
        f"{_weight(shape.stroke, shape.stroke_width)}{dash}/>"
    )
    if head and shape.stroke:
        yield f'<polygon points="{_points(head)}" {_paint("fill", shape.stroke)}/>'


def _words(shape: Words, address: Address | None) -> str:
    x, y = _number(shape.x), _number(shape.y)
    said = [f'x="{x}" y="{y}" font-size="{_number(shape.size)}"']
    if shape.bold:
        said.append('font-weight="700"')
    if shape.anchor != "start":
        said.append(f'text-anchor="{_text(shape.anchor)}"')
    if shape.turned:
        said.append(f'transform="rotate(-90 {x} {y})"')
    opens = shape.opens if address else None
    if opens:
        said.append('text-decoration="underline dotted"')
    said.append(_paint("fill", shape.fill))
    words = f"<text {' '.join(said)}>{_text(shape.text)}</text>"
    if opens is None or address is None:
        return words
    label = f"{one_line(shape.text)}, {opens.name}"
    return f'<a href="{_text(address(opens))}" aria-label="{_text(label)}">{words}</a>'


def _paint(attribute: str, role: str) -> str:
    return f'{attribute}="{LIGHT[role]}" class="{attribute}-{role}"'


def _paints(fill: str, stroke: str) -> str:
    """Return both colours; what has no role is not painted, and no theme changes that."""
    roles = {"fill": fill, "stroke": stroke}
    colours = [f'{key}="{LIGHT[role] if role else "none"}"' for key, role in roles.items()]
    classes = " ".join(f"{key}-{role}" for key, role in roles.items() if role)
    return " ".join([*colours, f'class="{classes}"'] if classes else colours)


def _weight(stroke: str, width: float) -> str:
    return f' stroke-width="{_number(width)}"' if stroke and width != 1 else ""


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """Return a length with two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(text: str) -> str:
    return escape(one_line(text))
