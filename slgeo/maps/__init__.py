"""
The page: one HTML file about who can reach what, that opens anywhere without a network.

``access_map`` takes tables and makes the map; ``collect`` turns tables into a ``spec``; ``tally``
counts people from it and ``text`` says so in sentences; ``classify`` and ``palette`` decide the
colours; ``arcs`` and ``encode`` carry geometry, ``hexagons`` lays out the cartogram, ``surface``
draws minutes at every spot, ``payload`` carries values, ``background`` carries roads and names;
``page`` writes the HTML, ``static`` the figure for print, ``csv_out`` the table; ``pack`` makes
short documents, which ``pack_html`` and ``pack_docx`` write; ``attribution`` refuses a page that
does not say whose data it shows. ``assets`` holds the browser code: our own modules under ``src``
and Leaflet, unchanged, under ``vendor``.
"""
