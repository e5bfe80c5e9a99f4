#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: failure_model.py SOURCE

tests/failure-model.md says of every row of the failure model which tests hold it. Each of them must exist: the test
of ctest in a CMakeLists.txt, its file in the list of the folder, the test case in the file. No row is missing, and
where the failure model itself lies beside the repository its rows are the same.
"""

import os
import re
import sys

import cpp_text
import listed

TABLE = 'tests/failure-model.md'
MODEL = '../shared/spec/failure-model.md'
# Rows whose subject has not been built. Who builds it takes its rows from here and names tests for them.
LATER = {22, 23, 24, 25, 26}

# Where the cases of a test of ctest are written down: its file, the list that names the file, a case in the file.
UNIT_CASE = r'\bEDGESPAN_TEST\(\s*{}\s*,'
SIM_CASE = r'\{{"{}",'
SCRIPT_CASE = r'\n    def {}\(self\):'
SIM_FILES = tuple(f'tests/sim/{name}.cpp' for name in ('scenarios', 'refusals', 'sweeps'))
HOMES = [
    (re.compile(r'unit\.(\w+)'), ('tests/unit/{}.cpp',), 'tests/unit/list.cmake', UNIT_CASE),
    (re.compile(r'tls\.(\w+)'), ('tests/tls/{}.cpp',), 'tests/tls/CMakeLists.txt', UNIT_CASE),
    (re.compile(r'target\.(\w+_test)'), ('tests/target/{}.cpp',), 'tests/target/CMakeLists.txt', UNIT_CASE),
    (re.compile(r'attach\.(\w+)'), ('tests/attach/test_{}.py',), 'tests/attach/CMakeLists.txt', SCRIPT_CASE),
    (re.compile(r'sim(?:\.scenarios)?'), SIM_FILES, 'tests/sim/CMakeLists.txt', SIM_CASE),
]


def rows(text):
    """(number, promise, tests) of each line of a table that begins with a number."""
    for line in text.split('\n'):
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        if line.startswith('|') and len(cells) >= 3 and cells[0].isdigit():
            yield int(cells[0]), cells[1], cells[-1]


def registered(tree):
    """A pattern for each test that a CMakeLists.txt gives to ctest; a variable in its name stands for any word."""
    for path, text in tree.items():
        if path.endswith('CMakeLists.txt'):
            for name in re.findall(r'\badd_test\(NAME\s+(\S+)', re.sub(r'#.*', '', text)):
                parts = re.split(r'\$\{\w+\}', name)
                yield re.compile(r'[\w.]+'.join(re.escape(part) for part in parts))


def _wrong_case(tree, test, case):
    """What is wrong with a test case of a test of ctest, or None."""
    for name, files, list_of_files, pattern in HOMES:
        found = name.fullmatch(test)
        if not found:
            continue
        if not case:
            return 'names no test case'
        paths = [path.format(*found.groups()) for path in files]
        in_list = listed.names(tree.get(list_of_files, ''))
        for path in paths:
            stem = path.rsplit('/', 1)[-1].rsplit('.', 1)[0].removeprefix('test_')
            if not {stem, f'{stem}.cpp'} & in_list:
                return f'{list_of_files} does not name {path}'
            text = tree.get(path, '')
            code = cpp_text.bare(text) if pattern == UNIT_CASE else re.sub(r'//.*', '', text)
            if re.search(pattern.format(re.escape(case)), code):
                return None
        return f'no test case {case} in {", ".join(paths)}'
    return f'{test} has no test cases that can be named' if case else None


def findings(tree, model, later):
    """(row, what is wrong) of the table in `tree`, a dict of path to text. `model`: the failure model, or None."""
    table = list(rows(tree.get(TABLE, '')))
    numbers = [number for number, _, _ in table]
    for number in sorted(set(range(1, max(numbers, default=1) + 1)) - set(numbers)):
        yield number, 'the row is missing'
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        yield number, 'the row stands there twice'
    if model is not None:
        for number in sorted({number for number, _, _ in rows(model)} ^ set(numbers)):
            yield number, f'{MODEL} and {TABLE} do not agree that there is this row'
    known = list(registered(tree))
    for number, promise, cell in table:
        tests = re.findall(r'`([^`]+)`', cell)
        if not promise:
            yield number, 'it promises nothing'
        if number in later:
            if not cell.startswith('later: ') or tests:
                yield number, 'it says `later: ` and of what; with tests it is none of LATER any more'
        elif not tests:
            yield number, 'it names no test'
        for name in tests:
            test, _, case = name.partition('/')
            if not any(pattern.fullmatch(test) for pattern in known):
                yield number, f'no CMakeLists.txt gives {test} to ctest'
            elif wrong := _wrong_case(tree, test, case):
                yield number, wrong


CANARY = {
    'tests/unit/CMakeLists.txt': 'add_test(NAME unit.${test} COMMAND x)',
    'tests/unit/list.cmake': 'set(tests a_test  # b_test\n)',
    'tests/unit/a_test.cpp': 'EDGESPAN_TEST(good, "x") {}\nEDGESPAN_TEST(\n    wrapped, "x") {}\n'
                             '// EDGESPAN_TEST(spoken, "x") {}',
    'tests/unit/b_test.cpp': 'EDGESPAN_TEST(unlisted, "x") {}',
    'tests/sim/CMakeLists.txt': 'add_test(NAME sim COMMAND x)\n# add_test(NAME sim.scenarios COMMAND x)\n'
                                'scenarios.cpp refusals.cpp sweeps.cpp',
    'tests/sim/scenarios.cpp': '    {"outage", "a day"},\n    // {"gone", "x"},',
    'tests/abi/CMakeLists.txt': 'add_test(NAME abi.names COMMAND x)',
    'tests/attach/CMakeLists.txt': 'foreach(name files)\nadd_test(NAME attach.${name} COMMAND x)',
    'tests/attach/test_files.py': 'class A:\n    def test_it(self):\n        pass\n',
}
CANARY_ROWS = [
    '`unit.a_test/good`, `unit.a_test/wrapped`; `sim/outage`; `abi.names`; `attach.files/test_it`',
    '`unit.a_test/absent`', '`unit.a_test/spoken`', '`unit.b_test/unlisted`', '`unit.c_test/none`', '`unit.a_test`',
    '`sim/gone`', '`sim.scenarios/outage`', '`abi.names/one`', '`abi.none`',
    '`attach.files/test_other`', '`attach.other/test_it`', 'none', 'later: never', '',
]
CANARY_MISSING, CANARY_TWICE, CANARY_NOT_IN_MODEL = 16, 17, 19
CANARY_LATER = {22, 23}


def _canary():
    """What is wrong with the check itself, one sentence each."""
    lines = [f'| {number} | a promise | {cell} |' for number, cell in enumerate(CANARY_ROWS, 1)]
    lines += [f'| {CANARY_TWICE} | a promise | `abi.names` |'] * 2 + ['| 18 | | `abi.names` |']
    lines += [f'| {number} | a promise | `abi.names` |' for number in range(19, 23)]
    tree = {**CANARY, TABLE: '\n'.join(lines + ['| 23 | a promise | later: the store |'])}
    model = '\n'.join(f'| {number} | x | y |' for number in range(1, 24) if number != CANARY_NOT_IN_MODEL)
    expected = set(range(2, CANARY_MISSING)) | {CANARY_MISSING, CANARY_TWICE, 18, CANARY_NOT_IN_MODEL, 22}
    for wanted, beside in ((expected, model), (expected - {CANARY_NOT_IN_MODEL}, None)):
        found = {number for number, _ in findings(tree, beside, CANARY_LATER)}
        for number in sorted(found ^ wanted):
            yield f'canary: row {number} is judged wrongly'


def main(source):
    if wrong := list(_canary()):
        sys.exit('\n'.join(wrong))
    tree = {}
    for folder, folders, files in os.walk(os.path.join(source, 'tests')):
        folders[:] = [name for name in folders if name != '__pycache__']
        for name in files:
            if name.endswith(('.cpp', '.cmake', '.txt', '.md')) or re.fullmatch(r'test_\w+\.py', name):
                path = os.path.join(folder, name)
                with open(path, encoding='utf-8') as file:
                    tree[os.path.relpath(path, source).replace(os.sep, '/')] = file.read()
    model = None
    if os.path.exists(os.path.join(source, MODEL)):
        with open(os.path.join(source, MODEL), encoding='utf-8') as file:
            model = file.read()
    wrong = [f'{TABLE}: row {number}: {sentence}' for number, sentence in sorted(findings(tree, model, LATER))]
    if wrong:
        sys.exit('\n'.join(wrong))
    tests = sum(cell.count('`') // 2 for _, _, cell in rows(tree[TABLE]))
    print(f'{len(list(rows(tree[TABLE])))} rows, {tests} tests that hold them, {len(LATER)} rows later'
          + ('' if model is None else '; the failure model has the same rows'))


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) == 2 else sys.exit(__doc__)
