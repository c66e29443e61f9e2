"""What the map asks of the browser: one call, with no text from data in it."""

from __future__ import annotations

from typing import Final

from jinja2 import Template

OPENING: Final = Template(
    """
    {% macro script(this, kwargs) %}
    var {{ this.get_name() }} = slgeo.map({{ this.get_name()|tojson }});
    {% endmacro %}
    """
)
"""The map's own script; Folium layers added later refer to the variable it makes."""
