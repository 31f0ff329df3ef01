"""How is a scene written as PNG?"""

from __future__ import annotations

import io

from isovigil.forecast.scene import Area, Dot, Line, Scene

POINTS_PER_PIXEL = 0.72  # a point is 1/72 inch; the canvas has 100 pixels to the inch


def png_of(scene: Scene, scale: float = 2.0) -> bytes:
    """The scene as PNG, ``scale`` times its size in pixels. Needs matplotlib, imported here."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle, Polygon

    figure = Figure(figsize=(scene.width / 100.0, scene.height / 100.0), dpi=100.0 * scale)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0.0, scene.width)
    axes.set_ylim(scene.height, 0.0)
    axes.axis("off")
    anchors = {"start": "left", "middle": "center", "end": "right"}
    marks = [mark for group in scene.groups for mark in group.marks]
    for order, mark in enumerate(marks):
        if isinstance(mark, Line):
            xs, ys = zip(*mark.points, strict=True)
            width = mark.width * POINTS_PER_PIXEL
            dash = tuple(d / mark.width for d in mark.dash)
            style = (0.0, dash) if dash else "solid"
            axes.plot(xs, ys, color=mark.colour, linewidth=width, linestyle=style, zorder=order)
        elif isinstance(mark, Area):
            shape = Polygon(mark.points, closed=True, facecolor=mark.colour, alpha=mark.opacity, zorder=order)
            shape.set_edgecolor("none")
            axes.add_patch(shape)
        elif isinstance(mark, Dot):
            dot = Circle(
                (mark.x, mark.y), mark.radius, facecolor=mark.fill, edgecolor=mark.colour, zorder=order
            )
            dot.set_linewidth(1.5 * POINTS_PER_PIXEL)
            axes.add_patch(dot)
        else:
            axes.text(
                mark.x, mark.y, mark.text.replace("$", r"\$"), fontsize=mark.size * POINTS_PER_PIXEL * 0.94,
                color=mark.colour, fontweight="bold" if mark.bold else "normal",
                ha=anchors[mark.anchor], va="baseline", zorder=order,
            )  # fmt: skip
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Title": scene.title, "Description": scene.description})
    return out.getvalue()
