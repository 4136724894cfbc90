# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line for scripts in bash: python3 -m releases COMMAND..."""

import argparse
import os
import sys

from cache import Failed, drop_unused

from . import apt, kernels, sources, tools
from .table import RELEASES, host, named, stable


def parse_arguments():
    parser = argparse.ArgumentParser(prog="releases", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    kernel = commands.add_parser("kernel", help="print the directory of a kernel")
    kernel.add_argument("--release", choices=RELEASES)
    kernel.add_argument("kernel", nargs="?")
    offered = commands.add_parser("offered", help="print which kernels Debian offers")
    offered.add_argument("--release", choices=RELEASES)
    source = commands.add_parser("source", help="print the archive of a kernel's source")
    source.add_argument("series", nargs="?")
    get = commands.add_parser("get-source",
                              help="fetch a source package; print its version and directory")
    get.add_argument("package")
    get.add_argument("wanted", help="a suite, or how the version begins")
    get.add_argument("directory", help="where a directory for it is made")
    commands.add_parser("mirror", help="print the address that Debian's packages come from")
    commands.add_parser("drop-unused", help="drop what the cache holds and nothing has used")
    commands.add_parser("meson-suite", help="print which suite's meson builds QEMU here")
    commands.add_parser("source-parts", help="print a directory with what the tests use of it")
    conf = commands.add_parser("apt", help="print the apt configuration that sees one suite")
    conf.add_argument("suite")
    conf.add_argument("--source", action="store_true")
    run = commands.add_parser("run", help="run COMMAND with a release's tools, here")
    run.add_argument("--for-kernel", metavar="DIR", help="those that build its modules")
    run.add_argument("--release", choices=RELEASES)
    run.add_argument("--bind", action="append", default=[], metavar="DIR",
                     help="what else it is to see")
    run.add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND...")
    return parser.parse_args()


def run(options):
    release = kernels.tools_of(options.for_kernel) if options.for_kernel else named(options.release)
    argv = tools.command(release, options.argv, binds=options.bind)
    os.execvp(argv[0], argv)


def main():
    options = parse_arguments()
    if options.command == "kernel":
        print(kernels.directory(options.kernel, options.release))
    elif options.command == "offered":
        print(kernels.overview(named(options.release)))
    elif options.command == "source":
        print(sources.archive(options.series))
    elif options.command == "get-source":
        print(*sources.get(options.package, options.wanted, options.directory), sep="\n")
    elif options.command == "mirror":
        print(apt.mirror())
    elif options.command == "drop-unused":
        drop_unused()
    elif options.command == "meson-suite":
        print((host() or stable()).meson)
    elif options.command == "source-parts":
        print(sources.parts())
    elif options.command == "apt":
        print(apt.config(options.suite, options.source))
    elif options.command == "run":
        run(options)


try:
    main()
except Failed as error:
    print(f"releases: {error}", file=sys.stderr)
    sys.exit(error.status)
