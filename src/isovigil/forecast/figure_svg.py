"""How is a scene written as SVG that a screen reader can follow?"""

from __future__ import annotations

from html import escape

from isovigil.forecast.scene import Area, Dot, Line, Mark, Scene, Words

FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


def svg_of(scene: Scene) -> str:
    """The scene as one SVG document with a title, a description and a title for each panel."""
    size = f'viewBox="0 0 {scene.width:g} {scene.height:g}" width="{scene.width:g}" height="{scene.height:g}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" {size}>',
        f'<title id="title">{escape(scene.title)}</title>',
        f'<desc id="desc">{escape(scene.description)}</desc>',
        f'<rect width="{scene.width:g}" height="{scene.height:g}" fill="#ffffff"/>',
        f'<g font-family="{FONT}">',
    ]
    for group in scene.groups:
        parts.append("<g>")
        parts.append(f"<title>{escape(group.title)}</title>")
        parts.extend(_mark(mark) for mark in group.marks)
        parts.append("</g>")
    parts.append("</g>")
    parts.append("</svg>\n")
    return "\n".join(parts)


def _mark(mark: Mark) -> str:
    if isinstance(mark, Line):
        dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in mark.dash)}"' if mark.dash else ""
        return (
            f'<polyline points="{_points(mark.points)}" fill="none" stroke="{mark.colour}" '
            f'stroke-width="{mark.width:g}" stroke-linejoin="round"{dash}/>'
        )
    if isinstance(mark, Area):
        return (
            f'<polygon points="{_points(mark.points)}" fill="{mark.colour}" fill-opacity="{mark.opacity:g}"/>'
        )
    if isinstance(mark, Dot):
        return (
            f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.radius:g}" fill="{mark.fill}" '
            f'stroke="{mark.colour}" stroke-width="1.5"/>'
        )
    return _words(mark)


def _words(mark: Words) -> str:
    weight = ' font-weight="600"' if mark.bold else ""
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    return (
        f'<text x="{mark.x:.1f}" y="{mark.y:.1f}" font-size="{mark.size:g}" '
        f'fill="{mark.colour}"{weight}{anchor}>{escape(mark.text)}</text>'
    )


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
