"""Write tables as publishers do: CSV with a mark, workbooks of three kinds; all made by code."""

from __future__ import annotations

import csv
import struct
import zipfile

import openpyxl


def rows_to_csv(path, rows, *, encoding="utf-8-sig"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(rows)
    return path


def rows_to_xlsx(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_to_ods(path, sheets):
    """Write the smallest OpenDocument spreadsheet: a zip with a type and a table of text cells."""
    from xml.sax.saxutils import escape

    tables = ""
    for name, rows in sheets.items():
        body = ""
        for row in rows:
            cells = "".join(
                "<table:table-cell/>"
                if cell is None
                else f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
                if isinstance(cell, (int, float))
                else '<table:table-cell office:value-type="string">'
                f"<text:p>{escape(cell)}</text:p></table:table-cell>"
                for cell in row
            )
            body += f"<table:table-row>{cells}</table:table-row>"
        tables += f'<table:table table:name="{name}">{body}</table:table>'
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} '
        f'office:version="1.2"><office:body><office:spreadsheet>{tables}</office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr("META-INF/manifest.xml", manifest)
        out.writestr("content.xml", content)
    return path


def rows_to_xls(path, sheets):
    """Write an old binary workbook: BIFF8 records in a compound file, no more than is needed."""
    streams = {name: _biff_sheet(rows) for name, rows in sheets.items()}
    fixed = len(_record(0x0809, bytes(16))) + sum(
        len(_record(0x0085, bytes(8 + 2 * len(name)))) for name in sheets
    )
    offset = fixed + len(_record(0x000A, b""))
    book = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    for name, stream in streams.items():
        label = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
        book += _record(0x0085, struct.pack("<IBB", offset, 0, 0) + label)
        offset += len(stream)
    book += _record(0x000A, b"") + b"".join(streams.values())
    path.write_bytes(_compound(book))
    return path


def _record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def _biff_sheet(rows):
    made = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows))
    made += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            where = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, (int, float)):
                made += _record(0x0203, where + struct.pack("<d", cell))
            elif cell is not None:
                text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                made += _record(0x0204, where + text)
    return made + _record(0x000A, b"")


def _compound(stream):
    """Put one stream into a compound file: header, one table of sectors, one directory."""
    stream += bytes(max(4096 - len(stream), 0))
    stream += bytes(-len(stream) % 512)
    count = len(stream) // 512
    none, end = 0xFFFFFFFF, 0xFFFFFFFE
    table = [0xFFFFFFFD, end, *range(3, count + 2), end]
    table += [none] * (128 - len(table))
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[none] * 108)

    def entry(name, kind, child, start, size):
        label = name.encode("utf-16-le")
        made = label + bytes(64 - len(label)) + struct.pack("<HBB", len(label) + 2, kind, 1)
        made += struct.pack("<III", none, none, child) + bytes(36)
        return made + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, none, 2, len(stream))
    return header + struct.pack("<128I", *table) + directory + bytes(256) + stream
