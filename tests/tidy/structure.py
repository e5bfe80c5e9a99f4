# SPDX-License-Identifier: Apache-2.0
"""The structure of agent/ and port/: which module knows which, and where a class lives.

Each rule is a generator of (path, line, rule, what to do), as in rules.py. agent/DESIGN.md and CONTRIBUTING.md tell
the same in prose.
"""

import re

import cpp_text

# A module knows those of lower layers and itself. Modules of one layer do not know each other.
LAYERS = {'core': 1, 'kafka': 2, 'http': 2, 'otlp': 2, 'store': 2, 'kit': 3, 'cli': 4, 'relay': 4, 'attach': 4, 'c': 4}
# What is built without an operating system's headers: the ports bring those.
PORTABLE = ('core', 'kafka', 'http', 'otlp', 'store', 'kit', 'c')
PORTS = ('posix', 'none', 'bare', 'sim', 'mbedtls', 'zlib')
PUBLIC_HEADER_LINES_MAX = 150
SYSTEM = re.compile(
    r'^(?:unistd|pthread|poll|netdb|fcntl|signal|time|sched|stdio|dlfcn|ctime|cstdio|iostream|fstream|thread|mutex'
    r'|condition_variable|random|sys/(?!types).*|netinet/.*|arpa/.*)(?:\.h)?$')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)', re.MULTILINE)
# What core must not know. zipkin.proto is the wire's schema, and nanopb names its code by that file.
WORLDS = re.compile(r'kafka|http|zipkin(?!\.(?:proto|pb)|_proto)', re.IGNORECASE)

_CLASS = re.compile(r'(?<!enum )\b(class|struct)\s+(?:alignas\s*\([^)]*\)\s*)?(?:\[\[[^\]]*\]\]\s*)?(\w+)\s*'
                    r'(?:final\s*)?(?::(?!:)[^;]*)?$')
_MEMBER_OF = re.compile(r'\b(\w+)(?:<[^<>;{}]*>)?::(?:~?\w+|operator\b[^(;{]*)\s*\(')


def is_product_code(path):
    return path.startswith(('agent/', 'port/')) and path.endswith(('.cpp', '.hpp', '.c', '.h'))


def is_header(path):
    return is_product_code(path) and path.endswith(('.hpp', '.h'))


def is_public(path):
    return is_header(path) and '/include/edgespan/' in path


def module(path):
    """'core' for agent/core/..., 'posix' for port/posix/..., '' for what lies in no module."""
    parts = path.split('/')
    return parts[1] if len(parts) > 2 else ''


def stem(path):
    return path.rsplit('/', 1)[-1].rsplit('.', 1)[0]


def folder(path):
    """Where a header and its source meet: public headers count as lying in the folder that has include/."""
    return path.rsplit('/', 1)[0].replace('/include/edgespan', '')


def snake(name):
    return re.sub(r'(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])', '_', name).lower()


def line_of(text, at):
    return text.count('\n', 0, at) + 1


# ---- Modules -------------------------------------------------------------------------------------------------

# The kit asserts and judges text as its parts do, and reads a collector's URL with the reader that sends to it.
KIT_SHARES = ('core/assert.hpp', 'core/utf8.hpp', 'http/http_url.hpp', 'http/zipkin_dialect.hpp')


def _direction(path, name, owner, ports):
    """Why a file may not include a header, or None. `owner`: the module of each public header of the agent."""
    public = name[len('edgespan/'):] if name.startswith('edgespan/') else None
    top = name.split('/', 1)[0]
    if path.startswith('port/'):
        if public in owner or top in LAYERS:
            return 'a port includes no header of the agent'
        return None
    here = module(path)
    if here not in LAYERS:
        return None
    if name.startswith('librdkafka/') and here in PORTABLE and here != 'kafka':
        return 'only agent/kafka knows librdkafka'
    if public in ports and LAYERS[here] < LAYERS['kit']:
        return 'the agent knows edgespan/port.h, not a port'
    if SYSTEM.match(name) and here in PORTABLE:
        return 'time, random bytes, network and threads come through edgespan/port.h'
    there = owner.get(public) or (top if top in LAYERS and '/' in name and public is None else None)
    if there is None or there == here:
        return None
    if LAYERS[there] >= LAYERS[here]:
        return f'agent/{here} does not know agent/{there}, which is not below it'
    if public is None and LAYERS[here] >= LAYERS['kit'] and not (here == 'kit' and name in KIT_SHARES):
        return f'a private header of agent/{there}: agent/{here} stands on the public ones'
    return None


def includes(tree):
    owner = {p.rsplit('/', 1)[-1]: module(p) for p in tree if re.match(r'agent/\w+/include/edgespan/', p)}
    ports = {p.rsplit('/', 1)[-1] for p in tree for port in PORTS if p.startswith(f'port/{port}/include/edgespan/')}
    # Known to the canaries, too, which stand alone.
    owner |= {'tracing.hpp': 'core', 'kafka_tracing.hpp': 'kafka', 'http_sender.hpp': 'http', 'agent.hpp': 'kit'}
    ports |= {'posix_port.hpp'}
    for path, text in tree.items():
        if not is_product_code(path):
            continue
        for found in INCLUDE.finditer(text):
            why = _direction(path, found.group(2), owner, ports)
            if why:
                yield path, line_of(text, found.start()), 'include', f'{found.group(2)}: {why}'
        if path.endswith('.hpp') and '#pragma once' not in text:
            yield path, 1, 'include', 'a header needs #pragma once'


def core_alone(tree):
    for path, text in tree.items():
        if not path.startswith('agent/core/') or not is_product_code(path):
            continue
        for number, line in enumerate(text.split('\n'), 1):
            found = WORLDS.search(line)
            if found:
                yield path, number, 'core', f'`{found.group(0)}`: core knows spans and senders, not their protocols'


# ---- Classes and files ---------------------------------------------------------------------------------------

class Declared:
    """A class or struct that is defined at namespace scope."""

    def __init__(self, key, name, namespaces, line, body):
        self.key, self.name, self.namespaces, self.line, self.body = key, name, namespaces, line, body

    def has_functions(self):
        """Whether it has member functions, other than `= default`, `= delete` and the call operator."""
        body = cpp_text.without_braces(self.body)
        body = re.sub(r'\[\[.*?\]\]|<[^<>;{}]*>', ' ', body)
        body = re.sub(r'\b(?:alignas|static_assert|decltype|noexcept|sizeof)\s*\((?:[^()]|\([^()]*\))*\)', ' ', body)
        for member in re.split(r';|\{\}', body):
            if re.search(r'=\s*(?:default|delete)\s*$', member):
                continue
            head = member if re.search(r'\boperator\b', member) else member.split('=', 1)[0]
            if re.search(r'\boperator\s*\(\s*\)', head):  # a deleter, a comparison: small and plain
                continue
            if re.search(r'\w\s*\(\s*(?!\*)', head) and not re.search(r'\(\s*\*', head):
                return True
        return False

    def homes(self, path):
        """The stems that its file may have, the one to prefer first.

        A class of a port carries the port's name in front: posix::Stream is in posix_stream.hpp. A private header
        may be named for the namespace that it is: b3_impl::Fields is in b3_impl.hpp.
        """
        own = snake(self.name)
        inner = [n for n in self.namespaces if n not in ('edgespan', 'detail', '')][-1:]
        stems = [f'{n}_{own}' for n in inner if path.startswith('port/')] + [own]
        return stems if is_public(path) else stems + inner


def classes(text):
    """Every class and struct that `text` defines at namespace scope, except in an unnamed namespace."""
    for scope in cpp_text.scopes(text):
        found = _CLASS.search(scope.head)
        if found and all(name is not None for name in scope.namespaces) and '' not in scope.namespaces:
            line = scope.line + scope.head.count('\n', 0, found.start())
            yield Declared(found.group(1), found.group(2), scope.namespaces, line, scope.body)


def homes(tree):
    """A class is declared in the header of its name; its members are defined in the source of that name."""
    known = {}
    for path, text in tree.items():
        if not is_product_code(path):
            continue
        for declared in classes(text):
            strict = declared.key == 'class' or declared.has_functions()
            if strict and stem(path) not in declared.homes(path):
                yield (path, declared.line, 'home',
                       f'{declared.key} {declared.name} belongs into {declared.homes(path)[0]}{_suffix(path)}')
            if is_header(path):
                known.setdefault((module(path), declared.name), set()).add((folder(path), stem(path)))
    for path, text in tree.items():
        if not is_product_code(path) or is_header(path):
            continue
        seen = set()
        for line, head in cpp_text.heads(text):
            found = _MEMBER_OF.search(head)
            if not found or (module(path), found.group(1)) not in known or found.group(1) in seen:
                continue
            homes_of = known[module(path), found.group(1)]
            if (folder(path), stem(path)) not in homes_of:
                seen.add(found.group(1))
                where, name = sorted(homes_of)[0]
                yield path, line, 'home', f'members of {found.group(1)} belong into {where}/{name}.cpp'


def _suffix(path):
    return '.' + path.rsplit('.', 1)[-1]


def headers(tree):
    """Each source has a header of its name, and no two headers share one."""
    places = {}
    for path in sorted(tree):
        if is_header(path):
            places.setdefault(stem(path), []).append(path)
    for path in tree:
        if is_product_code(path) and not is_header(path) and stem(path) != 'main':
            if not any(folder(other) == folder(path) for other in places.get(stem(path), [])):
                yield path, 1, 'header', f'{folder(path)} has no header {stem(path)}.hpp for it'
    for name, paths in places.items():
        for path in paths[1:]:
            yield path, 1, 'header', f'{name} is the name of {paths[0]}, too'


def public(tree):
    """A public header is short and shows no internals."""
    known = {}
    for path, text in tree.items():
        if is_header(path):
            for declared in classes(text):
                known.setdefault(declared.name, set()).add(module(path))
    for path, text in tree.items():
        if not is_public(path):
            continue
        lines = text.count('\n')
        if lines > PUBLIC_HEADER_LINES_MAX:
            yield path, lines, 'public', f'{lines} lines, {PUBLIC_HEADER_LINES_MAX} at most in a public header'
        for found in INCLUDE.finditer(text):
            if found.group(1) == '"':
                yield path, line_of(text, found.start()), 'public', f'{found.group(2)} is private'
        for scope in cpp_text.scopes(text):
            if 'detail' in scope.namespaces:
                yield path, scope.line, 'public', '`detail` in a public header has forward declarations only'
        code = cpp_text.bare(text)
        for found in re.finditer(r'\bfriend\s+(?:class|struct)\s+((?:\w+::)*)(\w+)\s*;', code):
            if 'detail::' not in found.group(1) and module(path) not in known.get(found.group(2), ()):
                yield (path, line_of(code, found.start()), 'public',
                       f'befriends {found.group(2)}, which is not of agent/{module(path)}')


ALL = (includes, core_alone, homes, headers, public)
