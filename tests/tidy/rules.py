# SPDX-License-Identifier: Apache-2.0
"""The rules. Each is a generator of (path, line, rule, what to do) over a tree, a dict of path to text."""

import re

import cpp_text

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
LINE_CHARACTERS_MAX = 120

CPP = ('.cpp', '.hpp', '.c', '.h')
LIBRARY = ('agent/core/', 'agent/http/', 'agent/kafka/', 'agent/c/')
PORTS = ('posix', 'none', 'bare', 'sim', 'mbedtls', 'zlib')

# What the library must not name, and what it uses instead.
BANNED = [
    (r'\b(?:malloc|calloc|realloc|free)\s*\(', 'memory is given at init; bound it in Limits'),
    (r'\bnew\b(?!\s*\()(?!>)', 'memory is given at init; bound it in Limits (placement new is fine)'),
    (r'(?<!=)(?<!= )\bdelete\b', 'what was not allocated is not deleted'),
    (r'\bstd::(?:basic_)?string\b', 'std::string_view, or an array with a bound'),
    (r'\bstd::(?:vector|deque|list|map|set|unordered_map|unordered_set|function|unique_ptr|shared_ptr|any)\b',
     'std::span over memory that was given at init'),
    (r'\bstd::chrono::\w*clock\b', 'edgespan_clock, the port\'s clock'),
    (r'\b(?:clock_gettime|gettimeofday|std::time|localtime|gmtime)\b|(?<![\w.>:])time\s*\(', 'edgespan_clock'),
    (r'\b(?:s?rand|random|drand48)\s*\(|\bstd::(?:mt19937\w*|random_device)\b', 'core/ids, seeded by the port'),
    (r'\b(?:u|nano)?sleep(?:_for|_until)?\s*\(', 'return when to be called again; only a port waits'),
    (r'\b(?:std::)?(?:recursive_)?mutex\b|\bstd::(?:lock_guard|unique_lock|scoped_lock|condition_variable)\b',
     'atomics; nothing waits for a lock'),
    (r'\bpthread_\w+|\bstd::j?thread\b', 'edgespan_worker; threads belong to the port'),
    (r'\b(?:v?[fs]n?|v)?printf\s*\(|\bstd::(?:cout|cerr|format)\b', 'a Status, or a counter in Books'),
    (r'\b(?:throw|try|catch|dynamic_cast|typeid|virtual)\b', 'a Status; a table of functions'),
    (r'\b(?:std::)?(?:abort|exit|quick_exit|terminate)\s*\(|\bassert\s*\(', 'EDGESPAN_ASSERT: the host goes on'),
    (r'\bnow(?:_us|_ms)?\s*[<>]', 'a difference: now_us - started_us >= limit_us'),
]

MARKERS = re.compile(r'\b(?:FIX' + r'ME|TO' + r'DO|XX' + r'X|HA' + r'CK|WI' + r'P)\b')
# What only those who were there understand: private paths and papers.
PRIVATE = re.compile(r'/home/\w|/root/|\bissue #?\d', re.IGNORECASE)
HOST = re.compile(r'https?://([^/\s:"\'<>)`\[\]]+)')
HOSTS_KNOWN = re.compile(
    r'^(?:localhost|127\.0\.0\.1|host|HOST|\[.*|\{.*|\$.*|%.*|\.\.\.|zipkin|[\w.-]*\.(?:example|invalid|test)(?:\.\w+)?'
    r'|example\.(?:com|org|net)|zipkin\.io|github\.com|jpa\.kapsi\.fi|(?:www|maven|kafka)\.apache\.org|www\.w3\.org)$')
SYSTEM = re.compile(
    r'^(?:unistd|pthread|poll|netdb|fcntl|signal|time|sched|stdio|dlfcn|ctime|cstdio|iostream|fstream|thread|mutex'
    r'|condition_variable|random|sys/(?!types).*|netinet/.*|arpa/.*)(?:\.h)?$')


def _is_cpp(path):
    return path.endswith(CPP)


def _needs_licence(path):
    name = path.rsplit('/', 1)[-1]
    suffix = name.rsplit('.', 1)[-1] if '.' in name else ''
    return (name == 'CMakeLists.txt' or path in ('dev', '.ci/run') or (suffix == '' and path.startswith('tests/'))
            or suffix in ('cpp', 'hpp', 'c', 'h', 'py', 'sh', 'cmake', 'proto', 'options', 'java', 'xml', 'properties'))


def licence(tree):
    for path, text in tree.items():
        head = text.split('\n', 2)
        if _needs_licence(path) and not any('SPDX-License-Identifier: Apache-2.0' in line for line in head[:2]):
            yield path, 1, 'licence', 'begin with the comment SPDX-License-Identifier: Apache-2.0'


def sizes(tree):
    for path, text in tree.items():
        lines = text.split('\n')
        if lines and lines[-1] == '':
            lines.pop()
        if len(lines) > FILE_LINES_MAX:
            yield path, len(lines), 'file', f'{len(lines)} lines, {FILE_LINES_MAX} at most: one subject a file'
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_CHARACTERS_MAX and not path.endswith('.md'):
                yield path, number, 'line', f'{len(line)} characters, {LINE_CHARACTERS_MAX} at most'
            if line != line.rstrip():
                yield path, number, 'blank', 'remove the blanks at the end'
        if text and not text.endswith('\n'):
            yield path, len(lines), 'blank', 'end the last line'
        if _is_cpp(path):
            for first, last in cpp_text.functions(text):
                if last - first + 1 > FUNCTION_LINES_MAX:
                    yield path, first, 'function', f'{last - first + 1} lines, {FUNCTION_LINES_MAX} at most: split it'


def _direction(path, name, agent, ports):
    """Why a file may not include a header, or None. `agent`: the folder of each public header of the agent."""
    public = name[len('edgespan/'):] if name.startswith('edgespan/') else None
    top = name.split('/', 1)[0]
    if path.startswith('port/'):
        if public in agent or top in ('core', 'http', 'kafka', 'cli', 'c'):
            return 'a port includes no header of the agent'
        return None
    if not path.startswith(LIBRARY):
        return None
    folder = path.split('/')[1]
    if name.startswith('librdkafka/') and folder != 'kafka':
        return 'only agent/kafka knows librdkafka'
    if public in ports:
        return 'the agent knows edgespan/port.h, not a port'
    if SYSTEM.match(name):
        return 'time, chance, network and threads come through edgespan/port.h'
    if top in ('kafka', 'http', 'cli') and top != folder or agent.get(public, 'core') not in ('core', folder):
        return f'agent/{folder} does not include this part of the agent'
    return None


def includes(tree):
    agent = {p.rsplit('/', 1)[-1]: p.split('/')[1] for p in tree if re.match(r'agent/\w+/include/edgespan/', p)}
    ports = {p.rsplit('/', 1)[-1] for p in tree for port in PORTS if p.startswith(f'port/{port}/include/edgespan/')}
    ports |= {f'{port}.hpp' for port in PORTS}
    agent |= {'tracing.hpp': 'core', 'kafka.hpp': 'kafka', 'http_sender.hpp': 'http'}  # known to the canaries, too
    for path, text in tree.items():
        if not _is_cpp(path):
            continue
        for number, line in enumerate(text.split('\n'), 1):
            found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)', line)
            why = found and _direction(path, found.group(1), agent, ports)
            if why:
                yield path, number, 'include', f'{found.group(1)}: {why}'
        if path.endswith('.hpp') and '#pragma once' not in text:
            yield path, 1, 'include', 'a header needs #pragma once'


def banned(tree):
    for path, text in tree.items():
        if not (_is_cpp(path) and path.startswith(LIBRARY)):
            continue
        for number, line in enumerate(cpp_text.bare(text).split('\n'), 1):
            if line.lstrip().startswith('#'):
                continue
            for pattern, instead in BANNED:
                found = re.search(pattern, line)
                if found:
                    yield path, number, 'banned', f'`{found.group(0).strip()}`; instead: {instead}'


def words(tree):
    for path, text in tree.items():
        for number, line in enumerate(text.split('\n'), 1):
            found = MARKERS.search(line)
            if found:
                yield path, number, 'marker', f'{found.group(0)}: do it, or say in the documentation that it is missing'
            found = PRIVATE.search(line)
            if found and path != 'tests/tidy/rules.py':
                yield path, number, 'private', f'`{found.group(0)}` means nothing to a reader: say what it is'
            for host in HOST.findall(line):
                if not HOSTS_KNOWN.match(host) and not path.startswith('tests/unit/') and path != 'LICENSE':
                    yield path, number, 'host', f'{host}: a name under .example, or 127.0.0.1'


def dead(tree):
    named = set()
    for path, text in tree.items():
        if _is_cpp(path):
            named |= {n.rsplit('/', 1)[-1] for n in re.findall(r'#\s*include\s*[<"]([^>"]+)', text)}
        elif path.endswith('.cmake'):
            named |= set(re.findall(r'[\w.]+\.h(?:pp)?', text))  # compilers are told to include it
    for path in tree:
        if path.endswith(('.hpp', '.h')) and not re.search(r'/include/edgespan/', path):
            if path.rsplit('/', 1)[-1] not in named:
                yield path, 1, 'dead', 'nothing includes this header: remove it'


ALL = (licence, sizes, includes, banned, words, dead)


def check(tree):
    return sorted(finding for rule in ALL for finding in rule(tree))
