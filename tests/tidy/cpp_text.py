# SPDX-License-Identifier: Apache-2.0
"""Just enough reading of C and C++ for the rules: text without comments and literals, and where functions end."""

import re

_LITERAL = re.compile(
    r'R"(?P<mark>[^()\s\\"]{0,16})\(.*?\)(?P=mark)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"  # not the separator in 1'000
    r'|//[^\n]*'
    r'|/\*.*?\*/', re.DOTALL)
_SCOPE = re.compile(r'\b(?:namespace|class|struct|union|enum|extern)\b')
_INIT_LIST = re.compile(r'\)[^()]*(?<!:):(?!:)')


def _blank(match):
    """The same number of lines, so that positions still give the right line."""
    text = match.group(0)
    filler = '""' if text[0] in '"R' else ' '
    return filler + '\n' * text.count('\n')


def masked(text):
    """`text` with blanks for comments and for what literals hold; every position stays."""
    return _LITERAL.sub(lambda match: re.sub(r'[^\n]', ' ', match.group(0)), text)


def bare(text):
    """`text` without comments, and with empty strings for literals."""
    return _LITERAL.sub(_blank, text)


def _without_directives(text):
    """Preprocessor lines become empty; of alternatives only the first stays, so that braces balance."""
    lines, skipping, continued = [], [], False
    for line in text.split('\n'):
        word = re.match(r'\s*#\s*(\w+)', line)
        if continued or word:
            continued = line.endswith('\\')
            directive = word.group(1) if word else ''
            if directive in ('if', 'ifdef', 'ifndef'):
                skipping.append(False)
            elif directive in ('else', 'elif') and skipping:
                skipping[-1] = True
            elif directive == 'endif' and skipping:
                skipping.pop()
            lines.append('')
        else:
            lines.append('' if any(skipping) else line)
    return '\n'.join(lines)


def _kind(head):
    """What a `{` after `head`, outside of any function, begins."""
    head = head.strip()
    if _INIT_LIST.search(head) and re.search(r'[\w>]$', head) and not re.search(r'\b(?:noexcept|const|try)$', head):
        return 'member'
    if '(' in head and not head.endswith('='):
        before = head[:head.index('(')]
        if '=' not in re.sub(r'operator\s*[^\s\w]+', '', before):
            return 'function'
    if _SCOPE.search(head) and not head.endswith('='):
        return 'scope'
    return 'value'


def functions(text):
    """Yields (first line, last line) of each function body, counted from 1. Lambdas count with what they stand in."""
    code = _without_directives(bare(text))
    stack, head, line = [], '', 1
    for c in code:
        if c == '\n':
            line += 1
        inside = any(kind != 'scope' for kind, _ in stack)
        if c == '{':
            stack.append((_kind(head) if not inside else 'inner', line))
            if stack[-1][0] in ('scope', 'function'):
                head = ''
        elif c == '}' and stack:
            kind, first = stack.pop()
            if kind == 'function':
                yield first, line
            elif kind == 'member':
                head += '}'
            elif kind == 'value' and len(stack) == sum(k == 'scope' for k, _ in stack):
                head = ''
        elif not inside:
            head = '' if c == ';' else head + c
    if stack:
        yield stack[0][1], line


class Scope:
    """A pair of braces outside of any function: what stands before it, the namespaces around it, what is in it."""

    def __init__(self, head, namespaces, line, body):
        self.head, self.namespaces, self.line, self.body = head, namespaces, line, body


def without_braces(code):
    """`code` with every outermost pair of braces empty."""
    out, depth = [], 0
    for c in code:
        if c == '}':
            depth -= 1
        if depth == 0:
            out.append(c)
        if c == '{':
            depth += 1
    return ''.join(out)


def _walk(text):
    """Yields (what, head, namespaces, line, position) for each `{` and `;` at namespace scope."""
    code = _without_directives(bare(text))
    spaces, depth, head, line, at_head = [], 0, '', 1, 1
    for at, c in enumerate(code):
        if c == '\n':
            line += 1
        if depth:
            depth += (c == '{') - (c == '}')
            if depth == 0:
                head = '' if _kind(head) == 'function' else head
            continue
        if c == '{':
            yield '{', head.strip(), tuple(spaces), at_head, at
            found = re.match(r'\s*(?:inline\s+)?namespace\b\s*((?:\w+\s*::\s*)*\w+)?\s*$', head)
            if found or re.match(r'\s*extern\s+""\s*$', head):
                names = re.split(r'\s*::\s*', found.group(1)) if found and found.group(1) else ['']
                spaces.append(tuple(names) if found else ())
                head = ''
            else:
                depth = 1
        elif c == '}':
            if spaces:
                spaces.pop()
            head = ''
        elif c == ';':
            yield ';', head.strip(), tuple(spaces), at_head, at
            head = ''
        else:
            if not head.strip() and not c.isspace():
                at_head = line
            head += c


def _flat(spaces):
    return tuple(name for names in spaces for name in names)


def scopes(text):
    """Yields a Scope for each pair of braces at namespace scope, those of namespaces themselves excepted."""
    code = _without_directives(bare(text))
    for what, head, spaces, line, at in _walk(text):
        if what == '{' and not re.match(r'(?:inline\s+)?namespace\b|extern\s+""$', head):
            depth, end = 1, at + 1
            while depth and end < len(code):
                depth += (code[end] == '{') - (code[end] == '}')
                end += 1
            yield Scope(head, _flat(spaces), line, code[at + 1:end - 1])


def heads(text):
    """Yields (line, head) of each definition with braces at namespace scope."""
    for what, head, _, line, _ in _walk(text):
        if what == '{':
            yield line, head
