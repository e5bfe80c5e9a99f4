# SPDX-License-Identifier: Apache-2.0
"""The small changes that can be made to a C++ text, one at a time.

clang-format lays the agent's code out, so a blank on both sides tells a binary operator from a pointer, a reference
or an angle bracket. No change is made in a comment, a literal, a directive, an assertion or a static_assert. Orders of
memory are left alone.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'tidy'))
import cpp_text  # noqa: E402

_BINARY = {
    '<': ('<=', '>='), '<=': ('<', '>'), '>': ('>=', '<='), '>=': ('>', '<'), '==': ('!=',), '!=': ('==',),
    '&&': ('||',), '||': ('&&',),
    '+': ('-',), '-': ('+',), '*': ('/',), '/': ('*',), '%': ('*',), '<<': ('>>',), '>>': ('<<',),
    '&': ('|',), '|': ('&',), '^': ('&',),
    '+=': ('-=',), '-=': ('+=',), '*=': ('/=',), '/=': ('*=',), '|=': ('&=',), '&=': ('|=',), '^=': ('&=',),
    '<<=': ('>>=',), '>>=': ('<<=',),
}
_OPERATOR = re.compile(r'(?<= )(?:<<=|>>=|<=|>=|==|!=|&&|\|\||<<|>>|[-+*/|&^]=|[-+*/%<>&|^])(?=[ \n])')
_NUMBER = re.compile(r"(?<![\w.'])(0[xX][0-9A-Fa-f']+|0|[1-9][0-9']*)([uUlL]*)(?![\w.'])")
_WORD = {'true': 'false', 'false': 'true'}
# Where nothing is changed: up to the parenthesis or bracket that closes what begins here.
_LEFT_ALONE = re.compile(r'\b(?:EDGESPAN_ASSERT|static_assert|alignas|noexcept|decltype)\s*\(|\[\[')
_DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.MULTILINE)
# An array that is larger by one is never noticed.
_EXTENT = re.compile(r'\barray<[^;{}()]*>|\btemplate <[^;{}()]*>')
_CONDITION = re.compile(r'\b(if|while) \(')
_HEAD = re.compile(r'\b(?:if(?: constexpr)?|for|while|switch) \(')
_BEGIN = re.compile(r'(?<=[;{}])\s+|(?<=\belse)\s+|\b(?:case [\w:]+|default):\s+')
_DECLARATION = re.compile(
    r'(?:const|constexpr|static|auto|using|typedef|struct|class|enum|union|namespace|template|public|private|friend'
    r'|inline|extern|case|default|if|for|while|do|switch|else|return|goto|operator|thread_local|alignas)\b'
    r'|static_cast<void>'
    r'|(?:[\w:]+(?:<[^;=()]*>)?(?:::\w+)*)[ *&]*(?: const)?\s[*&]*\w+(?:\[[^\]]*\])?\s*(?:[={;(]|$)')


LINE_CHARACTERS_KEPT = 80


class Mutant:
    """One change: text[at:end] becomes `by`. `line` is the beginning of the line's code, and `nth` tells which of the
    lines that begin so."""

    def __init__(self, path, at, end, by, number, what):
        self.path, self.at, self.end, self.by, self.number, self.what = path, at, end, by, number, what
        self.line, self.nth = '', 1

    @property
    def name(self):
        """Stays the same when lines are added or removed elsewhere in the file."""
        return f'{self.path}: {self.line}{f" #{self.nth}" if self.nth > 1 else ""}: {self.what}'

    def applied(self, text):
        cut = text[self.at:self.end]
        return text[:self.at] + self.by + '\n' * (cut.count('\n') - self.by.count('\n')) + text[self.end:]


def _closed(code, at):
    """Behind the parenthesis or bracket that closes the one at `at`."""
    depth = 0
    for end in range(at, len(code)):
        depth += (code[end] in '([{') - (code[end] in ')]}')
        if depth == 0:
            return end + 1
    return len(code)


def _blank(code, begin, end):
    return code[:begin] + re.sub(r'[^\n]', ' ', code[begin:end]) + code[end:]


def _open_code(text):
    """`text` with blanks for all that is left alone; every position stays."""
    code = cpp_text.masked(text)
    for pattern in (_DIRECTIVE, _EXTENT):
        for found in list(pattern.finditer(code)):
            code = _blank(code, found.start(), found.end())
    while found := _LEFT_ALONE.search(code):
        opening = found.end() - (2 if found.group(0) == '[[' else 1)
        code = _blank(code, found.start(), _closed(code, opening))
    return code


def _operators(code):
    for found in _OPERATOR.finditer(code):
        if re.search(r'operator *$', code[:found.start()]):
            continue
        for by in _BINARY.get(found.group(0), ()):
            yield found.start(), found.end(), by, f'{found.group(0)} becomes {by}'
    for found in re.finditer(r'\+\+|--', code):
        by = '--' if found.group(0) == '++' else '++'
        yield found.start(), found.end(), by, f'{found.group(0)} becomes {by}'


def _constants(code):
    for found in _NUMBER.finditer(code):
        digits, suffix = found.groups()
        value = int(digits.replace("'", ''), 0)
        for other in (value + 1, value - 1):
            if other >= 0:
                yield found.start(), found.end(), f'{other}{suffix}', f'{found.group(0)} becomes {other}{suffix}'
    for found in re.finditer(r'\b(?:true|false)\b', code):
        by = _WORD[found.group(0)]
        yield found.start(), found.end(), by, f'{found.group(0)} becomes {by}'


def _conditions(code):
    for found in _CONDITION.finditer(code):
        end = _closed(code, found.end() - 1)
        inside = code[found.end():end - 1]
        simple = '&&' not in inside and '||' not in inside
        compared = len(re.findall(r' (?:[<>!=]=|[<>]) ', inside)) == 1
        if simple and (compared or inside.startswith('!')) or ';' in inside or inside.strip() == '':
            continue  # its operator makes the same change
        yield found.end(), end - 1, None, 'the condition is negated'
    for found in re.finditer(r'!(?=[\w:(])', code):
        yield found.start(), found.end(), '', '! is removed'


def _statement_begins(code):
    heads = [(found.start(), _closed(code, found.end() - 1)) for found in _HEAD.finditer(code)]
    begins = {re.compile(r'\s*').match(code, end).end() for _, end in heads}
    begins |= {found.end() for found in _BEGIN.finditer(code)}
    return sorted(at for at in begins if not any(first < at < end for first, end in heads))


def _statements(code):
    for begin in _statement_begins(code):
        end = begin
        while end < len(code) and code[end] not in ';{}':
            end = _closed(code, end) if code[end] in '([' else end + 1
            if end < len(code) and code[end] == '{' and re.search(r'=\s*$|\w$', code[begin:end]):
                end = _closed(code, end)  # a value in braces
        body = code[begin:end]
        if end >= len(code) or code[end] != ';' or not re.match(r'\w|::|\(|\+\+|--|\*\w', body):
            continue
        if re.match(r'return\b', body):
            if re.match(r'return\s*$', body):
                yield begin, end, '', 'return is removed'
            elif not re.match(r'return\s+(?:\{\}|0|nullptr|true|false|\*this|Status::ok)$', body):
                yield begin, end, 'return {}', 'returns {}'
        elif not _DECLARATION.match(body):
            yield begin, end, '', 'the statement is removed'


def mutants(path, text):
    """All changes to the file's text, in its order."""
    code = _open_code(text)
    made, lines = [], text.split('\n')
    for kind in (_operators, _constants, _conditions, _statements):
        for at, end, by, what in kind(code):
            if by is None:
                by = f'!({text[at:end]})'
            made.append(Mutant(path, at, end, by, text.count('\n', 0, at) + 1, what))
    made.sort(key=lambda m: (m.at, m.end, m.what))
    lines = [re.sub(r'\s+//.*', '', line).strip()[:LINE_CHARACTERS_KEPT].strip() for line in lines]
    seen, columns = {}, {}
    for number, line in enumerate(lines, 1):
        seen.setdefault(line, []).append(number)
    for m in made:
        m.line = lines[m.number - 1]
        m.nth = seen[m.line].index(m.number) + 1
        columns.setdefault((m.number, m.what), []).append(m)
    for alike in columns.values():
        for which, m in enumerate(alike[1:], 2):
            m.what += f' ({which})'
    return made
