#!/usr/bin/env python3
"""Writes fuzz/seeds: a few small files of every format, each behind two bytes that say how it is read."""

import bz2
import gzip
import io
import json
import lzma
import pathlib
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib

FOLDER = pathlib.Path(__file__).parent / "seeds"
# src/case.rs: all as by default; inner tunnels and times; one set, with a condition; blocks left out.
WAYS = [0, 15, 42, 120]
# Each way but for one with blocks of another size.
OTHERS = [0x31, 0xF2, 0x80, 0x42, 0x11, 0x67, 0xF0, 0x21]
# Seeds of each target so far.
COUNTS = {}


def write(target, name, content, behind=True):
    """Writes a seed; `behind` the two bytes, these or the next ones, where the target reads files."""
    folder = FOLDER / target
    folder.mkdir(parents=True, exist_ok=True)
    number = COUNTS[target] = COUNTS.get(target, -1) + 1
    case = bytes([WAYS[number % len(WAYS)], OTHERS[number % len(OTHERS)]]) if behind is True else behind or b""
    (folder / name).write_bytes(case + content)


# Frames.
def ipv4(payload, protocol, source="10.1.2.3", destination="192.0.2.7"):
    address = lambda text: bytes(map(int, text.split(".")))
    start = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0)
    return start + address(source) + address(destination) + payload


def ipv6(payload, protocol):
    return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + b"\x20\x01" + bytes(30) + payload


def udp(port, payload):
    return struct.pack(">HHHH", 4000, port, 8 + len(payload), 0) + payload


def ethernet(kind, payload):
    return bytes(12) + struct.pack(">H", kind) + payload


PLAIN = ipv4(struct.pack(">HHIIHHHH", 443, 50000, 1, 2, 0x5010, 100, 0, 0), 6)
OUTER = dict(source="198.51.100.1", destination="203.0.113.9")
FRAMES = {
    "ethernet": (1, [ethernet(0x800, PLAIN), ethernet(0x806, bytes(28)), ethernet(0x86DD, ipv6(b"", 59))]),
    "tags": (1, [ethernet(0x88A8, b"\0\1\x81\0\0\2\x08\0" + PLAIN), ethernet(0x88E7, bytes(4) + ethernet(0x800, PLAIN))]),
    "mpls": (1, [ethernet(0x8847, b"\0\1\0@\0\1\1@" + PLAIN), ethernet(0x8864, b"\x11\0\0\1\0\x40\0\x21" + PLAIN)]),
    "llc": (1, [ethernet(8 + len(PLAIN), b"\xaa\xaa\x03\0\0\0\x08\0" + PLAIN)]),
    "ppp": (9, [b"\xff\x03\0\x21" + PLAIN, b"\x21" + PLAIN]),
    "hdlc": (104, [b"\x0f\0\x08\0" + PLAIN]),
    "raw": (101, [PLAIN, ipv6(ipv4(b"", 1), 4), PLAIN[:20], PLAIN[:12]]),
    "null": (0, [b"\2\0\0\0" + PLAIN, b"\0\0\0\2" + PLAIN, b"\x1e\0\0\0" + ipv6(PLAIN, 4)]),
    "sll": (113, [bytes(14) + b"\x08\0" + PLAIN]),
    "sll2": (276, [b"\x08\0" + bytes(18) + PLAIN]),
    "radiotap": (127, [b"\0\0\x08\0" + bytes(4) + b"\x08\1" + bytes(22) + b"\xaa\xaa\x03\0\0\0\x08\0" + PLAIN]),
    "nflog": (239, [b"\2\0\0\0" + struct.pack("<HH", 4 + len(PLAIN), 9) + PLAIN]),
    "tunnels": (
        101,
        [
            ipv4(PLAIN, 4, **OUTER),
            ipv4(b"\x20\0\x08\0" + bytes(4) + PLAIN, 47, **OUTER),
            ipv4(b"\x10\0\x88\xbe" + bytes(12) + ethernet(0x800, PLAIN), 47, **OUTER),
            ipv4(udp(4789, b"\x08" + bytes(7) + ethernet(0x800, PLAIN)), 17, **OUTER),
            ipv4(udp(6081, b"\1\0\x65\x58" + bytes(8) + ethernet(0x800, PLAIN)), 17, **OUTER),
            ipv4(udp(2152, b"\x34\xff" + bytes(9) + b"\x85\1\0\0\0" + PLAIN), 17, **OUTER),
            ipv4(udp(3544, b"\0\0" + bytes(6) + ipv6(PLAIN, 4)), 17, **OUTER),
            ipv4(udp(1701, b"\0\2" + bytes(4) + b"\xff\x03\0\x21" + PLAIN), 17, **OUTER),
            ipv4(b"\4\1" + bytes(10) + PLAIN, 51, **OUTER),
            ipv6(b"\x04\0" + bytes(6) + PLAIN, 0),
            ipv4(udp(4341, bytes(8) + PLAIN), 17, **OUTER),
            ipv4(udp(4790, b"\x0c\0\0\4" + bytes(4) + b"\x0f\xc2\2\1" + bytes(4) + PLAIN), 17, **OUTER),
            ipv4(udp(5247, b"\0\x10\2" + bytes(5) + ethernet(0x800, PLAIN)), 17, **OUTER),
            ipv4(udp(37008, b"\1\0\0\1\x0a\1\5\1" + ethernet(0x800, PLAIN)), 17, **OUTER),
            ipv4(b"\0\0\x22\xeb" + bytes(12) + ethernet(0x800, PLAIN), 47, **OUTER),
            ipv4(ethernet(0x800, PLAIN), 143, **OUTER),
        ],
    ),
    "more-tags": (
        1,
        [
            ethernet(0x88E5, b"\x20" + bytes(13) + b"\x08\0" + PLAIN),
            ethernet(0x8909, b"\1\1" + bytes(4) + b"\x08\0" + PLAIN),
            ethernet(0xD28B, b"\0\1\0\x10" + bytes(8) + b"\x08\0" + PLAIN),
            ethernet(0x893F, bytes(6) + b"\xf1\xc1" + bytes(4) + b"\x89\x26" + bytes(4) + b"\x08\0" + PLAIN),
            ethernet(0x22F3, b"\0\x40" + bytes(8) + ethernet(0x8903, bytes(2) + ethernet(0x800, PLAIN))),
        ],
    ),
    "token-ring": (6, [b"\x10\x40" + bytes(6) + b"\x80" + bytes(5) + b"\x02\x30\xaa\xaa\3\0\0\0\x08\0" + PLAIN]),
    "arcnet": (7, [b"\1\2\xd4\xff\xff\xff\xd4\0\0\1" + PLAIN]),
    "ax25": (3, [bytes(6) + b"\x60" + bytes(6) + b"\x61\3\xcc" + PLAIN]),
    "relay": (107, [b"\x18\x41\3\0\x80\0\0\0\x08\0" + PLAIN, b"\x18\x41\x08\0" + PLAIN]),
    "docsis": (143, [b"\1\4\0\x40" + bytes(6) + ethernet(0x800, PLAIN)]),
    "pflog": (117, [b"\x3d\2" + bytes(62) + PLAIN]),
    "pktap": (258, [struct.pack("<III", 108, 1, 1) + bytes(96) + ethernet(0x800, PLAIN)]),
    "erf": (197, [bytes(8) + b"\x82" + bytes(7) + b"\x80" + bytes(15) + bytes(2) + ethernet(0x800, PLAIN)]),
    "juniper": (178, [b"MGC\x80\0\4" + bytes(4) + ethernet(0x800, PLAIN)]),
    "exported": (252, [b"\0\x0c\0\4ip" + bytes(6) + PLAIN]),
    "preamble": (274, [b"U" * 7 + b"\xd5" + ethernet(0x800, PLAIN)]),
}


def pcap(link, frames, order="<", magic=0xA1B2C3D4):
    file = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for second, frame in enumerate(frames):
        file += struct.pack(order + "IIII", 1767268800 + second, 999, len(frame), len(frame))
        file += bytes(8 if magic == 0xA1B2CD34 else 0) + frame
    return file


def block(order, kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, 12 + len(body)) + body + struct.pack(order + "I", 12 + len(body))


def pcapng(link, frames, order="<"):
    file = block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    resolution = struct.pack(order + "HHB3xHHqHH", 9, 1, 9, 14, 8, 5, 0, 0)
    file += block(order, 1, struct.pack(order + "HHI", link, 0, 64) + resolution)
    file += block(order, 1, struct.pack(order + "HHI", 101, 0, 0))
    file += block(order, 5, bytes(12))
    for frame in frames:
        head = struct.pack(order + "IIIII", 0, 0x0006470B, 0x12345678, len(frame), len(frame))
        file += block(order, 6, head + frame)
    file += block(order, 3, struct.pack(order + "I", len(frames[0])) + frames[0])
    return file + block(order, 2, struct.pack(order + "HHIIII", 1, 0, 0, 0, len(PLAIN), len(PLAIN)) + PLAIN)


for number, (name, (link, frames)) in enumerate(FRAMES.items()):
    magic = [0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34][number % 3]
    write("pcap", name, pcap(link, frames, "<>"[number % 2], magic))
    write("pcapng", name, pcapng(link, frames, "<>"[number % 2]))
two = pcapng(1, FRAMES["ethernet"][1], ">") + pcapng(101, [PLAIN])
write("pcapng", "sections", two)
joined = [pcap(1, FRAMES["ethernet"][1], ">"), two, pcap(101, [PLAIN], "<", 0xA1B2CD34), pcap(1, []), two]
write("pcap", "joined", b"".join(joined))
write("pcapng", "joined", b"".join(joined[1:]))

# Texts.
ZEEK = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n#types\ttime\taddr\tport\taddr\tport\tenum\n"
    "1767268800.5\t10.1.2.3\t50000\t192.0.2.7\t443\ttcp\n1767268801.0\tfe80::1\t1\t-\t53\tudp\n"
)
write("zeek", "conn", ZEEK.encode())
write("zeek", "closed", (ZEEK + "#close\t2026-01-01-12-00-00\n" + ZEEK).encode())
write("zeek", "dns", ZEEK.replace("id.orig_h", "query").replace("id.resp_h", "answer").encode())
write("zeek", "separated", ZEEK.replace("\\x09", ",").replace("\t", ",").encode())
write("zeek", "rows", (ZEEK + "\n1767268802.0\t\"x\t1\t10.1.2.4\t53\tudp\r\n#fields\tid.resp_h\n10.1.2.5\n").encode())
W3C = "#Version: 1.0\n#Fields: date time c-ip s-ip sc-bytes\n2026-01-01 12:00:00 10.1.2.3 192.0.2.7 99\n#Fields: c-ip\n10.1.2.4\n"
write("zeek", "w3c", W3C.encode())
write("zeek", "exchange", b"#Fields: date-time,client-ip,server-ip\r\n2026-01-01,10.1.2.3,\"192.0.2.7\"\r\n")

RECORD = {"timestamp": "2026-01-01T12:00:00.5+0000", "src_ip": "10.1.2.3", "src_port": 443, "dest_ip": "192.0.2.7",
          "dest_port": 50000, "proto": "TCP", "note": "a\\\"b\u00e9", "more": [1.5e3, None, {"x": True}]}
ECS = {"@timestamp": 1767268800000, "source": {"ip": "10.1.2.3", "port": 1}, "destination": {"ip": "192.0.2.7"}}
write("json", "lines", "".join(json.dumps(r) + "\n" for r in [RECORD, RECORD | {"src_ip": None}]).encode())
write("json", "nested", (json.dumps(ECS) + "\r\n" + json.dumps(ECS | {"source": []}) + "\n").encode())
write("json", "array", json.dumps([RECORD, ECS, 7, "x", {}]).encode())
write("json", "spread", (json.dumps(RECORD, indent=2) + "\n" + json.dumps(RECORD, indent=2)).encode())
write("json", "escapes", b'{"src_ip":"10.1.2.\\u0033","dest_ip" : "fe80::1"}\n{"\\u0073rc_ip":1}\nx\n')
write("json", "zeek", b'{"ts":1767268800.1,"id.orig_h":"10.1.2.3","id.resp_h":"192.0.2.7","proto":"udp"}\n')
layers = {"_source": {"layers": {"ip": {"ip.src": "10.1.2.3", "ip.dst": "192.0.2.7"}}}}
write("json", "tshark", json.dumps([layers, layers], indent=1).encode())
write("json", "listing", json.dumps({"prefixes": [{"ip_prefix": "10.1.2.0/24"}, {"ip_prefix": "x"}], "n": ["10.1.2.3"]}).encode())
inside = json.dumps({"log": json.dumps(RECORD) + "\n", "time": "2026-01-01T12:00:00Z"})
write("json", "inside", f"<30>1 host: {inside}\n\x1e{inside}\n".encode())
tuples = {"flowTuples": ["1767268800,10.1.2.3,192.0.2.7,1,443,T,O,A,E,1,66,2,132"]}
write("json", "tuples", json.dumps({"records": [{"flows": [{"rule": "r", "flows": [tuples]}]}]}).encode())
write("json", "first", b'{"ip.src":"10.1.2.3","ip.src":"10.9.9.9","ip.dst":["192.0.2.7","10.8.8.8"]}\n')

LOGS = {
    "tcpdump": "00:00:00.1 IP 10.1.2.3.4000 > 192.0.2.7.443: Flags [S]\n00:00:00.2 IP (tos 0x0, proto UDP (17))\n    10.1.2.3.53 > 192.0.2.7.53: 1+\n",
    "pairs": "<1>Jan  1 00:00:00 h SRC=10.1.2.3 DST=192.0.2.7 PROTO=TCP SPT=1 DPT=2\ntcp 6 1 src=10.1.2.3 dst=192.0.2.7 packets=1 bytes=9 src=192.0.2.7 dst=10.1.2.3 packets=2 bytes=8\nx: src: \"10.1.2.3\"; dst: 192.0.2.7;\n",
    "messages": "Jan 01 2026 00:00:00: %ASA-6-302013: Built outbound TCP connection 1 for o:192.0.2.7/443 (192.0.2.7/443) to i:10.1.2.3/4000\nJan  1 00:00:00 h sshd[1]: from 10.1.2.3 port 22\nJan  1 00:00:00 h: tcp 10.1.2.3(1) -> 192.0.2.7(2), 3 packets\n",
    "web": '10.1.2.3 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1\n[::1]:80 [01/Jan/2026:00:00:00.1] a b\n',
    "nfdump": "Date first seen          Duration Proto      Src IP Addr:Port          Dst IP Addr:Port   Packets    Bytes Flows\n2026-01-01 00:00:00.000     0.000 TCP   10.1.2.3:4000  ->  192.0.2.7:443  1.2 M  60  1\nSummary: 1\n",
    "argus": "  StartTime  Flgs  Proto  SrcAddr  Sport  Dir  DstAddr  Dport  TotPkts  TotBytes State\n  00:00:00.0 e tcp 10.1.2.3.4000 <- 192.0.2.7.443 12 1200 FIN\n",
    "filterlog": "Jan  1 00:00:00 fw filterlog[1]: 5,,,1000,em0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,10.1.2.3,192.0.2.7,4000,443,0\n",
    "sockets": "Proto Recv-Q Send-Q Local Address Foreign Address State\ntcp 0 0 10.1.2.3:22 192.0.2.7:4000 ESTABLISHED\ntcp6 0 0 :::80 :::* LISTEN\n",
}
for name, content in LOGS.items():
    write("log", name, content.encode())

HEADER, ROWS = "time,src,dst,note", ["1767268800,10.1.2.3,192.0.2.7,", "x, 10.1.2.4 ,NaN,fe80::1", "1,fe80::1,x,y,z", "2,10.1.2.3"]
TABLE = "\n".join([HEADER, *ROWS, ""])
write("delimited", "plain", TABLE.encode())
write("delimited", "tabs", TABLE.replace(",", "\t").replace("\n", "\r\n").encode())
write("delimited", "bars", TABLE.replace(",", "|").replace("\n", "\r").encode())
write("delimited", "quoted", b'"src";"dst";"note"\n"10.1.2.3";"192.0.2.7";"a ""b""\n;c"\n10.1.2.4;"10.1.2.5";\xff\n')
write("delimited", "bom", b"\xef\xbb\xbfsrc,dst\n10.1.2.3,192.0.2.7")
write("delimited", "open", b'src,dst\n10.1.2.3,"192.0.2.7\n10.1.2.4,10.1.2.5\n')
write("delimited", "tshark", b"frame.time_epoch,ip.src,ip.dst,ip.proto,tcp.dstport\n1767268800.1,10.1.2.3,192.0.2.7,6,443\n")
write("delimited", "argus", b"StartTime,Proto,SrcAddr,Sport,DstAddr,Dport\n2026/01/01 12:00:00.1,tcp,10.1.2.3,80,192.0.2.7,0x01bb\n")
write("delimited", "nfdump", b"ts,te,td,sa,da,sp,dp,pr\n2026-01-01 12:00:00,,0.1,10.1.2.3,192.0.2.7,1,443,TCP\nSummary\nflows\n1\n")
write("delimited", "further", b"src,dst\n10.1.2.3,192.0.2.7\ndst,note,src\n10.1.2.3,x,192.0.2.7\nsrc\n10.1.2.9\n")
write("delimited", "ragged", b"sep=;\nip.src;ip.dst;note\n10.1.2.3;10.9.9.9;192.0.2.7;10.8.8.8\n10.1.2.3;192.0.2.7;;\n")
write("delimited", "titles", b"Report\nof 2026\n# src,dst,packets,bytes\n10.1.2.3,192.0.2.7,\"1,234\",18446744073709551615\n")
write("delimited", "own", b"address,packets,cluster\n10.1.2.3,7,0\n10.1.2.4,x,1\n")
write("delimited", "blocks", b"network,country\n10.1.2.0/28,XX\n192.0.2.7-192.0.2.9,YY\n")
VPC = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
    "2 1 eni-1 10.1.2.3 192.0.2.7 443 50000 6 20 4000 1767268800 1767268860 ACCEPT OK\n"
    "2 1 eni-1 - - - - - - - 1767268800 1767268860 - NODATA\n"
)
write("bare", "vpc", VPC.encode())
write("bare", "none", VPC.split("\n", 1)[1].encode())

write("list", "plain", b"# mine\n10.1.2.3\n\n10.1.2.3\r\n fe80::1 \nx\n192.0.2.7")
write("list", "blocks", b"10.1.2.0/30\n10.1.2.3 - 10.1.2.9 # a\n10.0.0.0/7\n1.2.3.4/32;\n")
write("list", "bom", b"\xef\xbb\xbf10.1.2.3\r10.1.2.4\r")
write("list", "counts", b"     12 10.1.2.3\n10.1.2.4 7\n10[.]1[.]2[.]5\n10.1.2.6:443\n10.1.2.0 255.255.255.0\n{10.1.2.7,}\n")
write("list", "written", b"elements = { 10.1.2.3, 10.1.2.4-10.1.2.9 }\n-A INPUT -s 10.1.2.3/32 -j DROP\nadd b 10.1.2.3\nripencc|FR|ipv4|10.0.0.0|256|2010|x\na:10.1.2.3-10.1.2.9\n::ffff:10.1.2.3\n")
write("shard", "plain", b"address,packets\n10.1.2.3,7\n10.1.2.4,5000000000\n10.1.2.3,1\n")
write("shard", "bad", b"address,packets\r\n10.1.2.3,0\r\n10.1.2.4,x\n10.1.2.5,72057594037927937\n,\n10.1.2.6")


def behaviour(*rows):
    """What addresses did: rows of a letter and bytes, and their number."""
    return b"octomix behaviour 2\n" + b"".join(rows) + b"E" + struct.pack("<Q", len(rows))


def number(value):
    """Seven bits a byte from the lowest on."""
    return bytes([value & 0x7F | 0x80]) + number(value >> 7) if value >= 0x80 else bytes([value])


def sum_row(letter, address, records=1, said=60, first=5, last=9):
    row = letter + struct.pack(">I", address) + number(records) + number(said + 1) + number(last - first + 1)
    return row + struct.pack("<q", first) if last >= first else row


PAIR = b"C" + bytes([10, 1, 2, 3, 10, 1, 2, 4, 0x00, 0x0A, 0x61])
STRETCH = b"T" + struct.pack("<BqQ", 3, 1_700_000_000 >> 3, 7)
write("behaviour", "rows", behaviour(sum_row(b"S", 0x0A010203), sum_row(b"D", 0x0A010204), PAIR, STRETCH))
write("behaviour", "extremes", behaviour(sum_row(b"A", 0, 0, 2**64 - 2, -(2**63), 2**63 - 2), b"T" + struct.pack("<BqQ", 255, -(2**63), 2**64 - 1)))
write("behaviour", "cut", behaviour(PAIR)[:-5])


def bitmap(containers, runs=False):
    """A portable Roaring bitmap of (upper half, number of addresses, is a run, bytes)."""
    count = len(containers)
    if runs:
        flags = sum(is_run << i for i, (_, _, is_run, _) in enumerate(containers))
        file = struct.pack("<HH", 12347, count - 1) + flags.to_bytes((count + 7) // 8, "little")
    else:
        file = struct.pack("<II", 12346, count)
    file += b"".join(struct.pack("<HH", upper, number - 1) for upper, number, _, _ in containers)
    if not runs or count >= 4:
        file += bytes(4 * count)
    return file + b"".join(content for _, _, _, content in containers)


def array(*lower):
    return struct.pack(f"<{len(lower)}H", *lower)


ARRAYS = [(0x0A01, 3, 0, array(1, 2, 700)), (0xC000, 1, 0, array(0x207))]
write("bitmap", "arrays", bitmap(ARRAYS))
write("bitmap", "runs", bitmap([(0x0A01, 12, 1, array(2, 5, 9, 100, 1)), ARRAYS[1]], runs=True))
write("bitmap", "offsets", bitmap([(1, 65536, 1, array(1, 0, 65535)), (2, 1, 0, array(0)), *ARRAYS], runs=True))
write("bitmap", "bits", bitmap([(0x0A01, 8192, 0, b"\x80" * 8192)]))
write("bitmap", "none", bitmap([]))


# Compressed.
def zstd(*blocks):
    """A frame of (kind, size, bytes): 0 as they are, 1 one byte repeated, 2 compressed; no check sum."""
    file = struct.pack("<IBB", 0xFD2FB528, 0, 0x58)
    for number, (kind, size, content) in enumerate(blocks, 1):
        file += struct.pack("<I", (number == len(blocks)) | kind << 1 | size << 3)[:3] + content
    return file


def raw(text):
    return zstd((0, len(text), text))


def parquet():
    """Seeds of Parquet, where its library is there."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        return print("no pyarrow: the seeds of parquet stay as they are")
    texts, numbers = ["10.1.2.3", None, "::1", "", "192.0.2.7"], [167838211, 1, None, 4294967295, 7]
    bytes_of = [None if number is None else struct.pack(">I", number) for number in numbers]
    tables = {
        "texts": ({"src": texts, "dst": texts[::-1]}, {"compression": "none"}),
        "snappy": ({"src": texts * 9, "packets": [1, 2, 3, None, 5] * 9}, {"compression": "snappy", "data_page_version": "2.0"}),
        "numbers": ({"src": pyarrow.array(numbers, pyarrow.uint32()), "note": texts}, {"compression": "zstd"}),
        "bytes": ({"dst": pyarrow.array(bytes_of, pyarrow.binary(4))}, {"compression": "gzip", "use_dictionary": False}),
        "nested": ({"ip": [{"src": text, "dst": "10.0.0.9"} for text in texts]}, {"compression": "lz4"}),
        "groups": ({"src": texts * 4}, {"row_group_size": 3, "compression": "none", "write_page_checksum": True}),
    }
    for name, (columns, options) in tables.items():
        sink = pyarrow.BufferOutputStream()
        parquet.write_table(pyarrow.table(columns), sink, store_schema=False, write_statistics=False, **options)
        write("parquet", name, sink.getvalue().to_pybytes())


parquet()
LIST = b"10.1.2.3\n192.0.2.7\n" * 5
write("compressed", "gzip", gzip.compress(TABLE.encode(), mtime=0))
write("compressed", "members", gzip.compress(LIST, mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(LIST, 0, mtime=0) + bytes(9))
write("compressed", "capture", gzip.compress(pcap(*FRAMES["tunnels"]), mtime=0))
write("compressed", "zstd", raw(TABLE.encode()))
write("compressed", "frames", b"\x50\x2a\x4d\x18\3\0\0\0abc" + raw(LIST) + zstd((0, 8, b"10.1.2.3"), (1, 300, b"\n")) + raw(LIST))
# What `zstd -19` makes of a list.
SEQUENCES = (
    "28b52ffd644c02c5040022491209a0edf02f5bac2aa7462041334d633b326a35d23431763c15b7265dd0d88d397ff19e48b7"
    "893adb605cb1e598f66d2f3d9fc832235db36c1a4d6b8a6ccca71d8e0989c9e162e2900347a8514c9ff7cf602d2db401118c"
    "e0e079e701481eb04427f866f623905889184a40cb35ab9673b659a1ef2a271ab6fa558e4ea8c0d97d052b549ad9b8e4ba42"
    "ab4dcb32f68df4cc581a60ab11a52010"
)
write("compressed", "sequences", bytes.fromhex(SEQUENCES))
write("compressed", "xz", lzma.compress(LIST) + lzma.compress(b"") + bytes(4))
write("compressed", "lzma", lzma.compress(TABLE.encode(), lzma.FORMAT_ALONE))
write("compressed", "bzip2", bz2.compress(LIST) + bz2.compress(TABLE.encode()))
write("compressed", "zlib", zlib.compress(TABLE.encode()))
LZ4 = struct.pack("<IBBB", 0x184D2204, 0x60, 0x40, 0x82) + struct.pack("<I", 1 << 31 | len(LIST)) + LIST + bytes(4)
write("compressed", "lz4", LZ4)
# A member of bgzip, which tells its length.
packed = zlib.compressobj(9, zlib.DEFLATED, -15)
packed = packed.compress(LIST) + packed.flush()
tail = packed + struct.pack("<II", zlib.crc32(LIST), len(LIST))
BGZIP = b"\x1f\x8b\x08\4" + bytes(5) + b"\xff" + struct.pack("<HBBHH", 6, 66, 67, 2, 17 + len(tail)) + tail
write("compressed", "bgzip", BGZIP * 3)

# Archives.
MEMBERS = {"a.txt": LIST, "b/c.csv": TABLE.encode(), "d.pcap": pcap(1, FRAMES["ethernet"][1]), "e.gz": gzip.compress(LIST, mtime=0), "README": b"words\n"}


def tar(form):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, content in MEMBERS.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "a.txt"
        archive.addfile(link)
    return file.getvalue().rstrip(b"\0") + bytes(1024)


def zipped(method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in MEMBERS.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


write("archive", "ustar", tar(tarfile.USTAR_FORMAT))
write("archive", "pax", tar(tarfile.PAX_FORMAT))
write("archive", "stored", zipped(zipfile.ZIP_STORED))
write("archive", "deflated", zipped(zipfile.ZIP_DEFLATED))
write("archive", "gzip", gzip.compress(tar(tarfile.GNU_FORMAT), mtime=0))

FILTERS = [
    "proto=tcp and (dport=80,443 or dst public)",
    "not (sport!=1-1023 || time>='2026-01-01 00:00') && proto!=6,icmp",
    "time>=2026-01-01T00:00:00Z and time<1767225600.5",
    "src in 10.0.0.0/8,192.0.2.1-192.0.2.9 or ip not in 172.16.0.0/12",
    "PRIVATE and not public or port >= 1024",
    "((((!(src private)))))",
    'src in "10.0.0.0 - 10.0.0.9"',
]
for number, expression in enumerate(FILTERS):
    write("filter", str(number), expression.encode(), behind=False)
write("blocks", "blocks", b"# mine\n10.0.0.0/8\n192.0.2.1 ; one\n192.0.2.1 - 192.0.2.9\n2001:db8::/32\n::1\n", behind=False)
write("blocks", "ends", b"\xef\xbb\xbf0.0.0.0/1\r\n128.0.0.0/1\n255.255.255.255/32\n0.0.0.0/0\n", behind=False)
write("blocks", "wrong", b"10.0.0.0/33\n", behind=False)
TIMES = ["1767268800", "1767268800.123456789", "1767268800123", "1.7672688e9", "2026-01-01T12:00:00Z",
         "2026/01/01 13:00:00.000+01:00", "2026-01-01", "2026-01-01T12:00:00.5+0000", "-5.25", "10.1.2.3"]
for number, text in enumerate(TIMES):
    write("time", str(number), text.encode(), behind=False)

# Tunnels are entered only where the inner addresses are asked for.
for container, make in [("pcap", pcap), ("pcapng", pcapng)]:
    write(container, "inner", make(*FRAMES["tunnels"]), behind=b"\x05\x30")

# What octomix itself writes; --init-file, behind a byte that chooses the covariance.
ENTRIES = [{"file": file, "by": by, "bytes": 7, "xxh3": "1cd474ddf084997753f8172323cdda70"} for file, by in [("src/seen.roaring", "fit"), ("summary.json", "score")]]
MANIFEST = {"format": "octomix manifest", "version": 1, "octomix": "0.1.0", "files": ENTRIES}
write("manifest", "two", json.dumps(MANIFEST).encode(), behind=False)
write("manifest", "outside", json.dumps(MANIFEST | {"files": [ENTRIES[0] | {"file": "../x"}]}).encode(), behind=False)
write("manifest", "later", json.dumps(MANIFEST | {"version": 2}).encode(), behind=False)

MEANS, SQUARE = [[10, 1.5, 2, 3], [192, 0, 2, 7]], [[2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 1, 0.5], [0, 0, 0.5, 1]]
START = {"weights": [0.25, 0.75], "means": MEANS}
PRECISIONS = {"full": [SQUARE, SQUARE], "tied": SQUARE, "diag": [[1, 2, 3, 4], [5, 6, 7, 8]], "spherical": [0.5, 2]}
for number, (kind, precisions) in enumerate(PRECISIONS.items()):
    start = START | {"precisions": precisions} | ({"covariance_type": kind} if number % 2 else {})
    write("start", kind, bytes([number]) + json.dumps(start).encode(), behind=False)
write("start", "labels", b"\0address,cluster\n10.1.2.3,0\n192.0.2.7,1\n10.1.2.3,0\n", behind=False)
write("start", "table", b'\1cluster,note,Address\r\n0,"a,b",10.1.2.3\r\n1,,192.0.2.7', behind=False)


def models():
    """A model of each kind, where octomix is built."""
    octomix = FOLDER.parent.parent / "target/release/octomix"
    if not octomix.exists():
        return print("no target/release/octomix: the seeds of model stay as they are")
    kinds = [(model, ["--covariance", kind]) for model in ("bayesian", "gaussian") for kind in PRECISIONS]
    kinds += [("kmeans", []), ("bayesian", ["--weight-prior", "dirichlet-distribution"])]
    with tempfile.TemporaryDirectory() as folder:
        capture = pathlib.Path(folder) / "list.txt"
        capture.write_text("".join(f"10.{i % 3}.{i * i % 50}.{i}\n" for i in range(60)))
        for model, options in kinds:
            command = [octomix, "fit", capture, "--model", model, "-k", "2", "--engine", "cpu", "--search", "restarts", *options, "-o", folder]
            subprocess.run([part for part in command if model == "bayesian" or part not in ("--search", "restarts")], check=True, capture_output=True)
            fitted = json.loads((pathlib.Path(folder) / "src/model.json").read_text())
            # A long course tells a parser no more than a short one.
            if "lower_bounds" in fitted:
                fitted["lower_bounds"] = fitted["lower_bounds"][:2]
            write("model", "-".join([model, *options[1:]]), json.dumps(fitted).encode(), behind=False)


models()
