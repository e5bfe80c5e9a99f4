#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: test_install.py WORK CASE.CASE...   (with CMAKE, SOURCE, CC, CXX in the environment)

Installs edgespan and builds applications against it, as those who use it do: find_package, pkg-config, FetchContent,
add_subdirectory, a library with an export of its own. Every application is run. What is installed goes to a DESTDIR
and is moved from there, so that nothing can lean on the place that it was configured for.
"""

import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CMAKE, SOURCE = os.environ.get('CMAKE', 'cmake'), os.environ.get('SOURCE', '')
CXX = os.environ.get('CXX', 'c++')
WORK = ''
CONSUMER, USER = os.path.join(HERE, 'consumer'), os.path.join(HERE, 'user')
PRINTS = re.compile(r'^edgespan (\d+\.\d+\.\d+) librdkafka \d')


def run(*words, **environment):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=500, check=False,
                          env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError(f'{shlex.join(words)}: exit code {done.returncode}\n{done.stdout[-6000:]}')
    return done.stdout


def configured(folder, build, *options):
    """What CMake said. The compiler and, where it is there, ccache are those of the build that runs this test."""
    shutil.rmtree(build, ignore_errors=True)
    if shutil.which('ccache'):
        options += ('-DCMAKE_C_COMPILER_LAUNCHER=ccache', '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache')
    return run(CMAKE, '-S', folder, '-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release',
               '-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG', *options)


def built(folder, build, *options):
    configured(folder, build, *options)
    run(CMAKE, '--build', build)
    return build


def installed(build, name):
    """The installation of a build, moved away from where it was installed to."""
    staged, moved = os.path.join(WORK, f'{name}.destdir'), os.path.join(WORK, f'{name}.moved')
    for folder in (staged, moved):
        shutil.rmtree(folder, ignore_errors=True)
    run(CMAKE, '--install', build, '--prefix', '/opt/edgespan', DESTDIR=staged)
    os.rename(os.path.join(staged, 'opt', 'edgespan'), moved)
    return moved


def lib_folder(prefix):
    return os.path.dirname(glob.glob(os.path.join(prefix, 'lib*', '**', 'pkgconfig'), recursive=True)[0])


class Case(unittest.TestCase):
    def assert_runs(self, program, **environment):
        """The program works and says which edgespan it has."""
        self.assertRegex(run(program, **environment), PRINTS)

    def assert_headers_are_the_public_ones(self, prefix):
        """All public headers of the agent and of the POSIX port, and no others than public ones."""
        def headers(*patterns):
            return {os.path.basename(path) for pattern in patterns
                    for path in glob.glob(os.path.join(SOURCE, pattern, 'include', 'edgespan', '*'))}

        found = {os.path.basename(path) for path in glob.glob(os.path.join(prefix, 'include', 'edgespan', '*'))}
        self.assertEqual(set(), headers('agent/*', 'port', 'port/posix') - found)
        self.assertEqual(set(), found - headers('agent/*', 'port', 'port/*') - {'board.hpp'})
        self.assertEqual(['edgespan'], os.listdir(os.path.join(prefix, 'include')))

    def assert_names_no_build_folder(self, prefix):
        """No installed text says where edgespan was built."""
        for folder, _, files in os.walk(prefix):
            for name in files:
                if name.endswith(('.cmake', '.pc', '.hpp', '.h')):
                    with open(os.path.join(folder, name), encoding='utf-8') as file:
                        text = file.read()
                    self.assertNotIn(SOURCE, text, name)
                    self.assertNotIn(WORK, text, name)
                    self.assertNotIn('/opt/edgespan', text, name)

    def check_package(self, prefix, name):
        """find_package: a program, a shared library around edgespan, and a library that is exported in its turn."""
        build = built(CONSUMER, os.path.join(WORK, f'{name}.package'), '-DCONSUMER_EDGESPAN=package',
                      f'-DCMAKE_PREFIX_PATH={prefix}')
        self.assert_runs(os.path.join(build, 'program'))
        self.assert_runs(os.path.join(build, 'host'))
        exported = os.path.join(WORK, f'{name}.gateway')
        run(CMAKE, '--install', build, '--prefix', exported)
        user = built(USER, os.path.join(WORK, f'{name}.user'), f'-DCMAKE_PREFIX_PATH={prefix};{exported}')
        self.assert_runs(os.path.join(user, 'program'))

    def check_pkg_config(self, prefix, name):
        lib = lib_folder(prefix)
        flags, of_static = (shlex.split(run('pkg-config', *static, '--cflags', '--libs', 'edgespan',
                                            PKG_CONFIG_PATH=os.path.join(lib, 'pkgconfig')))
                            for static in ((), ('--static',)))
        # That adds what librdkafka itself links, which need not be on this machine.
        self.assertLessEqual(set(flags), set(of_static))
        build = os.path.join(WORK, f'{name}.pkg_config')
        shutil.rmtree(build, ignore_errors=True)
        os.makedirs(build)
        gateway, main = os.path.join(CONSUMER, 'gateway.cpp'), os.path.join(CONSUMER, 'main.cpp')
        program, plugin, host = (os.path.join(build, file) for file in ('program', 'libplugin.so', 'host'))
        run(CXX, '-std=c++20', main, gateway, '-o', program, *flags)
        run(CXX, '-std=c++20', '-fPIC', '-shared', gateway, '-o', plugin, *flags)
        run(CXX, '-std=c++20', main, '-o', host, f'-L{build}', '-lplugin', f'-Wl,-rpath-link,{lib}')
        for path in (program, host):
            self.assert_runs(path, LD_LIBRARY_PATH=f'{build}:{lib}')


LIBRARIES_ONLY = ('-DEDGESPAN_BUILD_TESTS=OFF', '-DEDGESPAN_BUILD_CLI=OFF', '-DEDGESPAN_DEPS=system',
                  '-DEDGESPAN_TLS=OFF')


class Static(Case):
    def test_package_and_pkg_config(self):
        build = built(SOURCE, os.path.join(WORK, 'static'), *LIBRARIES_ONLY)
        prefix = installed(build, 'static')
        self.assert_headers_are_the_public_ones(prefix)
        self.assert_names_no_build_folder(prefix)
        self.check_package(prefix, 'static')
        self.check_pkg_config(prefix, 'static')
        self.refusals(prefix)

    def refusals(self, prefix):
        """A component that does not exist, one that was not built, and a version that is another's."""
        folder = os.path.join(WORK, 'refused')
        os.makedirs(folder, exist_ok=True)
        for asked, says in (('COMPONENTS core brokers', 'component brokers: edgespan has no such component. There is:'),
                            ('COMPONENTS core mbedtls', 'configure edgespan with -DEDGESPAN_TLS=ON'),
                            ('99.0', 'version')):
            with open(os.path.join(folder, 'CMakeLists.txt'), 'w', encoding='utf-8') as file:
                version, _, components = asked.partition('COMPONENTS')
                file.write('cmake_minimum_required(VERSION 3.22)\nproject(refused LANGUAGES C CXX)\n'
                           f'find_package(edgespan {version} CONFIG REQUIRED COMPONENTS {components or "core"})\n')
            with self.assertRaises(AssertionError) as caught:
                configured(folder, os.path.join(folder, 'build'), f'-DCMAKE_PREFIX_PATH={prefix}')
            self.assertIn(says, ' '.join(str(caught.exception).split()))


class Shared(Case):
    def test_package_and_pkg_config(self):
        build = built(SOURCE, os.path.join(WORK, 'shared'), *LIBRARIES_ONLY, '-DBUILD_SHARED_LIBS=ON')
        prefix = installed(build, 'shared')
        self.assert_names_no_build_folder(prefix)
        lib = lib_folder(prefix)
        self.assertEqual([], glob.glob(os.path.join(lib, '**', '*.a'), recursive=True))
        core = os.path.join(lib, 'libedgespan_core.so')
        version = re.search(r'^Version: ((\d+\.\d+)\.\d+)$', run('cat', os.path.join(lib, 'pkgconfig', 'edgespan.pc')),
                            re.M)
        self.assertEqual(f'libedgespan_core.so.{version.group(1)}', os.path.basename(os.path.realpath(core)))
        self.assertIn(f'[libedgespan_core.so.{version.group(2)}]', run('readelf', '-d', core))
        # The agent has no nanopb: one of the program stays alone.
        exported = run('nm', '-D', '--defined-only', core)
        self.assertNotRegex(exported, r' (?:edgespan_)?pb_| zipkin_proto3')
        self.assertIn('edgespan', exported)
        self.check_package(prefix, 'shared')
        self.check_pkg_config(prefix, 'shared')


class Subproject(Case):
    def check_parent(self, how):
        build = built(CONSUMER, os.path.join(WORK, how), f'-DCONSUMER_EDGESPAN={how}', f'-DCONSUMER_SOURCE={SOURCE}',
                      '-DEDGESPAN_DEPS=system', '-DEDGESPAN_TLS=OFF')
        self.assert_runs(os.path.join(build, 'program'))
        self.assert_runs(os.path.join(build, 'host'))
        return build

    def test_fetch_content(self):
        self.check_parent('fetch')

    def test_add_subdirectory(self):
        """The parent's export names edgespan's targets, which its installation brings along."""
        build = self.check_parent('subdirectory')
        prefix = installed(build, 'subdirectory')
        user = built(USER, os.path.join(WORK, 'subdirectory.user'), f'-DCMAKE_PREFIX_PATH={prefix}')
        self.assert_runs(os.path.join(user, 'program'))


class Build(Case):
    """Installs the build that runs this test, BUILD; for a board, with its toolchain file and its emulator."""

    def test_tool(self):
        build = os.environ['BUILD']
        prefix = os.path.join(WORK, 'tool')
        run(CMAKE, '--install', build, '--prefix', prefix, '--component', 'edgespan_tool')
        self.assertEqual(['bin', 'share'], sorted(os.listdir(prefix)))
        for page in ('man1/edgespan.1', 'man5/edgespan.ini.5'):
            self.assertTrue(os.path.isfile(os.path.join(prefix, 'share/man', page)), page)
        self.assertIn('edgespan', run(*shlex.split(os.environ.get('EMULATOR', '')),
                                      os.path.join(prefix, 'bin', 'edgespan'), '--help'))

    def test_board(self):
        prefix = installed(os.environ['BUILD'], 'board')
        self.assert_headers_are_the_public_ones(prefix)
        self.assert_names_no_build_folder(prefix)
        build = built(CONSUMER, os.path.join(WORK, 'board.package'), '-DCONSUMER_EDGESPAN=package',
                      f'-DCMAKE_PREFIX_PATH={prefix}', '-DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=BOTH',
                      f'-DCMAKE_TOOLCHAIN_FILE={os.environ["TOOLCHAIN"]}', '-DCONSUMER_STATIC=ON')
        self.assertRegex(run(*shlex.split(os.environ['EMULATOR']), os.path.join(build, 'program')), PRINTS)


if __name__ == '__main__':
    if len(sys.argv) < 3 or not SOURCE:
        sys.exit(__doc__)
    WORK = os.path.abspath(sys.argv[1])
    os.makedirs(WORK, exist_ok=True)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
