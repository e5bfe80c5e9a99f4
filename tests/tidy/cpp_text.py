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
