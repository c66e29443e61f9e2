"""A pack as one HTML file: no script, nothing from the network, ready to print."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, StrictUndefined

from slgeo.maps import page

if TYPE_CHECKING:
    from slgeo.maps.pack import Block

STYLE: Final = """
body { max-width: 60em; margin: 2em auto; padding: 0 1em; overflow-wrap: anywhere;
  font: 16px/1.45 Arial, Helvetica, "Liberation Sans", sans-serif; color: #0b0c0c; }
h1 { font-size: 32px; line-height: 1.2; } h2 { font-size: 24px; margin-top: 1.5em; }
.finding { font-size: 24px; font-weight: 700; line-height: 1.25; }
img { width: 100%; height: auto; }
table { width: 100%; border-collapse: collapse; margin: 1em 0; font-size: 14px; }
caption { text-align: left; font-weight: 700; font-size: 16px; padding-bottom: 4px; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid #b1b4b6; text-align: left; }
th { font-weight: 400; }
thead th { font-weight: 700; border-bottom: 2px solid #0b0c0c; }
td, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.new-page { break-before: page; }
tr, li { break-inside: avoid; }
@page { size: A4; margin: 15mm; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 12px; } }
"""


def pack_html(blocks: list[Block]) -> str:
    """Write blocks as HTML; all text is escaped."""
    written: str = _TEMPLATE.render(
        blocks=[(type(block).__name__, block) for block in blocks],
        style=STYLE,
        policy=page.policy([], [STYLE]),
        data_uri=lambda png: f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}",
    )
    return written


_ENVIRONMENT: Final[Any] = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATE: Final = _ENVIRONMENT.from_string(
    """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ blocks[0][1].words }}</title>
<style>{{ style|safe }}</style>
</head>
<body>
<main>
{% for kind, block in blocks %}
{% if kind == "Heading" %}
{% if loop.first %}<h1>{{ block.words }}</h1>{% else %}<h2>{{ block.words }}</h2>{% endif %}

{% elif kind == "Paragraph" %}
{% if block.words %}
<p{% if block.strong %} class="finding"{% endif %}>{{ block.words }}</p>
{% endif %}

{% elif kind == "Bullets" %}
<ul>{% for line in block.lines %}<li>{{ line }}</li>{% endfor %}</ul>
{% elif kind == "Picture" %}
<img src="{{ data_uri(block.png) }}" alt="{{ block.alt }}">
{% elif kind == "Grid" %}
<table>
<caption>{{ block.caption }}</caption>
<thead><tr>
{% for head in block.heads %}
<th scope="col"{% if not loop.first %} class="n"{% endif %}>{{ head }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in block.rows %}
<tr><th scope="row">{{ row[0] }}</th>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
{% else %}
<div class="new-page"></div>
{% endif %}
{% endfor %}
</main>
</body>
</html>
"""
)
