#!/bin/sh
# Installs what voxstat needs, builds it and runs it: see usage below, or the README. It installs only what is missing,
# so it can be run again at any time and then needs no network.
set -eu
cd "$(dirname "$0")"

build_packages="cmake ninja-build pkg-config libnifti-dev libnifti2-dev libnifticdf-dev zlib1g-dev libhdf5-dev
    liblapacke-dev liblapack-dev libblas-dev librandom123-dev libjansson-dev libexpat1-dev libcairo2-dev libpng-dev
    libwebp-dev libssl-dev libzip-dev ocl-icd-opencl-dev opencl-headers"
# The tests need an OpenCL device on machines without a GPU (PoCL), reference implementations (SciPy, nibabel, h5py), a
# browser for report.html, the tools that voxstat works with (Nipype, RDF, BIDS, zsh, dpkg) and static checkers (clang,
# cppcheck, Oclgrind, the compilers of GPUs).
test_packages="libcmocka-dev pocl-opencl-icd oclgrind clang clang-15 rocm-device-libs cppcheck chromium
    python3 python3-nibabel python3-scipy python3-h5py python3-nipype python3-rdflib python3-prov
    python3-bids-validator zsh dpkg-dev file poppler-utils"

usage()
{
    cat <<'END'
usage: sh bootstrap.sh demo | test | build | deb

  demo    install what is missing, build, and analyse the sample trial in sample_data/
  test    install what is missing, build, and run every test
  build   install what is missing and build
  deb     install what is missing and build the Debian packages, in build/deb

Packages are installed with apt-get on Debian 12 and its relatives, as root or through sudo; elsewhere the packages
are named and must be there already. The program is built as build/release/voxstat.
END
}

say()
{
    printf '\n== %s\n' "$*" >&2
}

installed()
{
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs the missing ones of the given packages.
need_debian()
{
    missing=
    for package in "$@"; do
        installed "$package" || missing="$missing $package"
    done
    if [ -z "$missing" ]; then
        return
    fi
    say "installing$missing"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "bootstrap.sh: installing packages takes root, and there is no sudo. As root, run:" >&2
            echo "    apt-get install$missing" >&2
            exit 1
        fi
        as_root=sudo
    fi
    $as_root apt-get update -q
    # $missing is a list of package names, to be split into words.
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

name_packages()
{
    cat >&2 <<'END'
bootstrap.sh: this is not a Debian-like system (no apt-get), so nothing is installed. voxstat needs these packages
(names not tried out by us):
  Fedora         cmake ninja-build pkgconf-pkg-config gcc zlib-devel hdf5-devel lapack-devel blas-devel
                 jansson-devel cairo-devel libpng-devel libwebp-devel openssl-devel libzip-devel ocl-icd-devel opencl-headers;
                 tests: libcmocka-devel pocl clang cppcheck python3-nibabel python3-scipy python3-h5py
  macOS          brew install cmake ninja pkgconf gcc zlib hdf5 lapack jansson cairo libpng webp
                 openssl@3 libzip
                 opencl-headers opencl-icd-loader; tests: cmocka pocl cppcheck; build with CC=gcc-14 (Apple's clang has
                 no OpenMP)
  from source    niftilib 3 with NIfTI-2 (github.com/NIFTI-Imaging/nifti_clib) and, where it is not packaged,
                 Random123 (headers only, github.com/DEShawResearch/random123)
END
    for tool in cmake ninja pkg-config; do
        if ! command -v "$tool" >/dev/null; then
            echo "bootstrap.sh: $tool is not there; install the packages and run this again" >&2
            exit 1
        fi
    done
}

need()
{
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        command -v cc >/dev/null || set -- "$@" gcc libc6-dev
        need_debian "$@"
    else
        name_packages
    fi
}

# NiiVue is the viewer in report.html. A build without it lacks only the viewer, so a failure here does not stop the
# build.
fetch_viewer()
{
    sh host/report/niivue/fetch.sh build/niivue || true
}

# The packages with which tests/browser drives the browser. Where they are missing, that test is skipped.
fetch_browser_driver()
{
    (
        cd tests/browser
        if ! cmp -s package-lock.json node_modules/fetched; then
            say "fetching the packages of tests/browser"
            npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 &&
                cp package-lock.json node_modules/fetched
        fi
    ) || echo "bootstrap.sh: without them the test browser.report is skipped" >&2
}

build()
{
    say "building build/release (option VOXSTAT_TESTS=$1)"
    cmake --preset release -DVOXSTAT_TESTS="$1"
    cmake --build --preset release
}

demo()
{
    # A folder under build/ holds nothing to keep, so it can be deleted.
    out=build/demo
    rm -rf "$out"
    # TFCE over three modalities would take most of the time.
    set -- --design paired --covariate rapa_level --table sample_data/participants.tsv \
        --atlas sample_data/labels.nii.gz --regions sample_data/planned.tsv \
        --derive "ptau_ttau = ptau / ttau" --log nfl --expected sample_data/expected.tsv --interval-weeks 26 \
        --correct voxel,extent,mass,fdr --out "$out"
    say "analysing the sample trial"
    (
        set -x
        build/release/voxstat "$@"
    )
    say "the page to open: $PWD/$out/report.html"
}

# Lists of package names are split into words on purpose.
# shellcheck disable=SC2086
case "${1-}" in
demo)
    need $build_packages
    fetch_viewer
    build OFF
    demo
    ;;
build)
    need $build_packages
    fetch_viewer
    build OFF
    ;;
deb)
    need $build_packages dpkg-dev file
    say "building the packages in build/deb"
    cmake --workflow --preset deb
    ;;
test)
    command -v npm >/dev/null || test_packages="$test_packages nodejs npm"
    # CUDA's assembler is not in Debian; where it is installed, the kernels are compiled for NVIDIA's cards, too.
    if command -v ptxas >/dev/null || [ -x /usr/local/cuda/bin/ptxas ]; then
        test_packages="$test_packages libclc-15"
    fi
    need $build_packages $test_packages
    fetch_viewer
    fetch_browser_driver
    build ON
    say "testing"
    ctest --preset release --parallel 2
    ;;
-h | --help | help | "")
    usage
    ;;
*)
    echo "bootstrap.sh: there is no '$1'" >&2
    usage >&2
    exit 2
    ;;
esac
