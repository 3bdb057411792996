"""Captures as arrays."""

import numpy as np
import polars
import pyarrow
import pytest

import octomix as ox


def test_a_capture_is_arrays_and_an_account(packets):
    capture = ox.read(packets)
    assert len(capture.src) == 187 and capture.any is None
    assert capture.src.addresses.dtype == np.uint32 and int(capture.src.packets.sum()) == 4087
    assert capture.account["records"] == 4200
    assert "187 addresses" in repr(capture)


def test_addresses_lie_where_they_were_counted(packets):
    side = ox.read([packets], role="src").src
    first, second = np.asarray(side._raw), side.addresses
    assert first.ctypes.data == second.ctypes.data and not second.flags.writeable
    held = side.addresses
    del side
    assert held.sum() > 0
    assert pyarrow.array(ox.read(packets).src).to_pylist() == held.tolist()
    for frame in (polars.Series, polars.from_arrow):
        assert frame(ox.read(packets).src).to_list() == held.tolist()


def test_options_are_those_of_the_program(packets):
    assert len(ox.read(packets, role="any").any) == len(np.union1d(*(side.addresses for side in both(packets))))
    only = ox.read(packets, only=["192.168.0.0/16"]).src
    assert (only.addresses >> 16 == 0xC0A8).all()
    for wrong, told in [({"role": "left"}, "role"), ({"where": "proto="}, "proto"), ({"only": ["x"]}, "CIDR"), ({"layout": "x"}, "layout")]:
        with pytest.raises(ValueError, match=told):
            ox.read(packets, **wrong)


def both(packets):
    capture = ox.read(packets, role="both")
    return capture.src, capture.dst


def test_files_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file"):
        ox.read(tmp_path / "none.pcap")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="x.csv"):
        ox.read(tmp_path / "x.csv")


def test_errors_name_parameters_and_not_the_options_of_the_program(tmp_path):
    (tmp_path / "numbers.csv").write_text("src,dst\n3232235777,3232235778\n")
    with pytest.raises(ValueError, match="add integers=True, which reads whole numbers"):
        ox.read(tmp_path / "numbers.csv")
    with pytest.raises(ValueError, match="add recursive=True to read all files in it"):
        ox.read(tmp_path)
    bare = tmp_path / "bare.csv"
    bare.write_text("10.0.0.1,6,10.0.0.2,80\n10.0.0.3,6,10.0.0.4,80\n")
    with pytest.raises(ValueError, match="name the columns with src_column=1 dst_column=3,"):
        ox.read(bare)
    assert len(ox.read(bare, src_column=1, dst_column=3).dst) == 2
    with pytest.raises(ValueError, match="only or exclude drop all"):
        ox.read(bare, src_column=1, only=["11.0.0.0/8"])
    # Those of other programs stay.
    (tmp_path / "x.silk").write_bytes(bytes.fromhex("deadbeef") + bytes(60))
    with pytest.raises(ValueError, match=r"--delimited=, FILE > NEW"):
        ox.read(tmp_path / "x.silk")
