# SPDX-License-Identifier: Apache-2.0
"""The rules. Each is a generator of (path, line, rule, what to do) over a tree, a dict of path to text."""

import re

import cpp_text
import structure

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
LINE_CHARACTERS_MAX = 120  # of what clang-format does not lay out

CPP = ('.cpp', '.hpp', '.c', '.h')
LIBRARY = tuple(f'agent/{module}/' for module in structure.PORTABLE)

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

# Riddles and second names, and what to write (agent/GLOSSARY.md) instead.
WRONG_WORDS = [
    (r'\b(?:dis)?believe[ds]?\b', '"rejected", of a certificate or a peer; "invalid", of bytes'),
    (r'(?<![Bb]y )\b[Cc]hance\b(?! (?:that|of))', '"entropy" (from the port) or "random" (of a seed)'),
    (r'(?<!error=)(?<!["`])\babandon\w*', '"discard", "expire", "cancel" or "drop", as the glossary says'),
    (r'\b[Vv]erdict', '"decision" of a sampler, "outcome" of an offer, "result" of a check'),
    (r'\bfalls? away\b', 'who removes it, and when: "The compiler removes ..."'),
    (r'\bhave had\b', 'a plain sentence in the present tense'),
    (r'\b(?:un)?named,? it is(?: not)?\b', 'what happens with a name, and what without one'),
    (r'\bthe frame that \w+ is gone\b', '"after X() has returned"'),
    (r'\bwhat headers said\b|\bwhose instructions these\b|\b[Aa]part from its caller\b',
     'the subject first, and the thing by its name'),
]
# Catch2's own words; the tests speak those of tests/support/test.hpp.
CATCH2 = re.compile(r'\b((?:REQUIRE|CHECK)(?:_\w+)?|SECTION|TEST_CASE|(?:UNSCOPED_)?INFO|CAPTURE|FAIL(?:_CHECK)?|WARN'
                    r'|SUCCEED|SKIP|GENERATE)\s*\(')
MARKERS = re.compile(r'\b(?:FIX' + r'ME|TO' + r'DO|XX' + r'X|HA' + r'CK|WI' + r'P)\b')
# What only those who were there understand: private paths and papers.
PRIVATE = re.compile(r'/home/\w|/root/|\bissue #?\d', re.IGNORECASE)
HOST = re.compile(r'https?://([^/\s:"\'<>)`\[\]]+)')
HOSTS_KNOWN = re.compile(
    r'^(?:localhost|127\.0\.0\.1|host|HOST|\[.*|\{.*|\$.*|%.*|\.\.\.|zipkin|[\w.-]*\.(?:example|invalid|test)(?:\.\w+)?'
    r'|example\.(?:com|org|net)|zipkin\.io|github\.com|jpa\.kapsi\.fi|(?:www|maven|kafka)\.apache\.org|www\.w3\.org)$')


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
            if _is_cpp(path):
                continue  # clang-format's
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


def suppressions(tree):
    """clang-tidy is told to look away for one check at a time, and for a reason."""
    for path, text in tree.items():
        if not _is_cpp(path):
            continue
        for number, line in enumerate(text.split('\n'), 1):
            if re.search(r'\bNOLINT', line) and not re.search(r'NOLINT(?:NEXTLINE)?\([\w.-]+\): \w', line):
                yield path, number, 'nolint', 'NOLINT(the check): the reason'


def glossary(tree):
    for path, text in tree.items():
        if not path.startswith(('agent/', 'port/', 'tests/support/')) or path == 'agent/GLOSSARY.md':
            continue
        for number, line in enumerate(text.split('\n'), 1):
            for pattern, instead in WRONG_WORDS:
                found = re.search(pattern, line)
                if found:
                    yield path, number, 'glossary', f'`{found.group(0)}`; instead: {instead}'


def dialect(tree):
    """Tests in C++ assert with tests/support/test.hpp, tests in Python with unittest."""
    for path, text in tree.items():
        if not path.startswith('tests/') or path == 'tests/support/test.hpp':
            continue
        if _is_cpp(path):
            for number, line in enumerate(cpp_text.bare(text).split('\n'), 1):
                found = CATCH2.search(line)
                if found:
                    yield path, number, 'dialect', f'`{found.group(1)}`: a word of tests/support/test.hpp'
        elif path.endswith('.py') and re.search(r'^\s*(?:import|from) (?:unittest|pytest)\b', text, re.MULTILINE):
            for number, line in enumerate(text.split('\n'), 1):
                if re.match(r'\s*(?:assert\b|(?:import|from) pytest\b)', line):
                    yield path, number, 'dialect', f'`{line.split()[0]}`: a method of unittest.TestCase'


def dead(tree):
    named = set()
    for path, text in tree.items():
        if _is_cpp(path):
            named |= {n.rsplit('/', 1)[-1] for n in re.findall(r'#\s*include\s*[<"]([^>"]+)', text)}
        elif path.endswith(('.cmake', 'CMakeLists.txt')):
            named |= set(re.findall(r'[\w.]+\.h(?:pp)?', text))  # compilers are told to include it
    for path in tree:
        if path.endswith(('.hpp', '.h')) and not re.search(r'/include/edgespan/', path):
            if path.rsplit('/', 1)[-1] not in named:
                yield path, 1, 'dead', 'nothing includes this header: remove it'


ALL = (licence, sizes, banned, words, suppressions, glossary, dialect, dead, *structure.ALL)


def check(tree):
    return sorted({finding for rule in ALL for finding in rule(tree)})
