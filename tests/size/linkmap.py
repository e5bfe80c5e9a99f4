# SPDX-License-Identifier: Apache-2.0
"""What each part put into a finished program, from GNU ld's link map: after --gc-sections, with every alignment."""

import re

KINDS = ('text', 'rodata', 'data', 'bss')
# The archive's name, and the part that it is.
PARTS = (
    (r'libedgespan_core\.a', 'core'),
    (r'edgespan_core_checked\.dir/.*', 'core with assertions'),
    (r'libedgespan_http\.a', 'http'),
    (r'libedgespan_otlp\.a', 'otlp'),
    (r'libedgespan_kafka\.a', 'kafka'),
    (r'libedgespan_(?:posix|bare)\.a', 'port'),
    (r'libedgespan_mbedtls\.a|libmbed(?:tls|x509|crypto)\.a|libeverest\.a|libp256m\.a', 'tls'),
    (r'libedgespan_gzip\.a|libedgespan_dep_zlib_library\.a', 'gzip'),
    (r'librdkafka\.a', 'librdkafka'),
)
# ` .text.name  0xaddress  0xsize  file`; a long name has a line of its own.
PLACED = re.compile(r'^ (\.?[\w.$*-]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$')
NAME_ALONE = re.compile(r'^ (\.[^\s]+)$')
REST = re.compile(r'^\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$')


def kind_of(section):
    if section.startswith(('.text', '.init', '.fini', '.plt', '.glue', '.vectors', '.stub')) and \
            not section.startswith(('.init_array', '.fini_array')):
        return 'text'
    # Tables for unwinding are constants too, and so is what holds addresses: .data.rel.ro is written once, by whoever
    # loads a program to an address of his own, and then read only. In a static program nobody does.
    if section.startswith(('.rodata', '.data.rel.ro', '.ARM.ex', '.eh_frame',
                           '.gcc_except', '.rel.', '.note', '__libc', '.got.plt')):
        return 'rodata'
    if section.startswith(('.bss', '.tbss', 'COMMON', '.noinit', '.stack')):
        return 'bss'
    if section.startswith(('.data', '.tdata', '.init_array', '.fini_array', '.preinit', '.got', '.tm_clone')):
        return 'data'
    return None  # debugging, comments


def entries(path):
    """(section, bytes, file) of everything that was placed."""
    placed, name = False, None
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file:
            if not placed:
                placed = line.startswith('Linker script and memory map')
                continue
            line = line.rstrip('\n')
            found = PLACED.match(line)
            if found:
                yield found.group(1), int(found.group(3), 16), found.group(4)
                name = None
            elif NAME_ALONE.match(line):
                name = line.strip()
            elif name:
                found = REST.match(line)
                if found:
                    yield name, int(found.group(2), 16), found.group(3)
                name = None


def part_of(file):
    for pattern, part in PARTS:
        if re.search(pattern + r'(?:\(|$)', file):
            return part
    return None


def parts(path):
    """{part: {kind: bytes}} of a program."""
    sums = {}
    for section, size, file in entries(path):
        part, kind = part_of(file), kind_of(section)
        if part and kind and size:
            row = sums.setdefault(part, dict.fromkeys(KINDS, 0))
            row[kind] += size
    return sums


def taken(path):
    """(member, who asked for it, symbol) of every archive member that was linked, as the map tells."""
    member = None
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file:
            if line.startswith(('Discarded input', 'Memory Configuration', 'Linker script')):
                return
            asked = re.search(r'^(.*?)\s+(\S+) \((.+)\)$', line.rstrip())
            if asked and member is not None or asked and asked.group(1).strip():
                yield asked.group(1).strip() or member, asked.group(2), asked.group(3)
            elif line.strip() and not line.startswith(' '):
                member = line.strip()
