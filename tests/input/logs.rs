//! Logs of text: the lines that tools write, cut and damaged anywhere, and what must not be taken for a log.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use octomix::address::{AddressSet, dotted};
use octomix::input::{Capture, FileAccount, InputError, Options, RecordNumber, Roles, read};
use proptest::prelude::*;

fn attempt_with(content: impl AsRef<[u8]>, options: &Options) -> Result<Capture, InputError> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("x");
    fs::write(&path, content).unwrap();
    read(&[path], options, &mut |_| ControlFlow::Continue(()))
}

fn capture_with(content: impl AsRef<[u8]>, options: &Options) -> Capture {
    attempt_with(content, options).unwrap()
}

fn capture(content: impl AsRef<[u8]>) -> Capture {
    capture_with(content, &Options::default())
}

fn shown(set: &AddressSet) -> Vec<String> {
    set.addresses().iter().map(|&address| dotted(address).to_string()).collect()
}

fn file(capture: &Capture) -> &FileAccount {
    &capture.account.files[0]
}

fn filtered(condition: &str) -> Options {
    Options { filter: Some(condition.parse().unwrap()), ..Options::default() }
}

/// What a file is read as: its format, its sources and destinations, and its lines without addresses.
#[derive(Debug)]
struct Case {
    format: &'static str,
    text: &'static str,
    sources: &'static [&'static str],
    destinations: &'static [&'static str],
    not_ip: u64,
}

const CASES: &[Case] = &[
    Case {
        format: "tcpdump",
        text: "00:00:00.000000 IP 10.0.0.1.4000 > 192.0.2.1.443: Flags [S], seq 1, win 64240, length 0\n\
               00:00:00.000001 ARP, Request who-has 10.0.0.9 tell 10.0.0.8, length 28\n\
               00:00:00.000002 IP6 fe80::1.5353 > ff02::fb.5353: UDP, length 40\n\
               00:00:00.000003 IP 10.0.0.2 > 192.0.2.2: ICMP echo request, id 1, seq 1, length 64\n\
               4 packets captured\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 1,
    },
    Case {
        format: "tcpdump",
        text: "2026-01-01 00:00:00.000000 aa:bb:cc:dd:ee:ff > 11:22:33:44:55:66, ethertype IPv4 (0x0800), length 74: \
               10.0.0.1.4000 > 192.0.2.1.https: Flags [S], length 0\n\
               2026-01-01 00:00:00.000001 aa:bb:cc:dd:ee:ff > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: \
               Request who-has 10.0.0.9 tell 10.0.0.8, length 28\n",
        sources: &["10.0.0.1"],
        destinations: &["192.0.2.1"],
        not_ip: 1,
    },
    Case {
        format: "tcpdump",
        text: "00:00:00.000000 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)\n    \
               10.0.0.1.4000 > 192.0.2.1.443: Flags [S], cksum 0x1234 (correct), seq 1\n\
               00:00:00.000001 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 60)\n    \
               10.0.0.2.53 > 192.0.2.2.53: 1+ A? example.com. (29)\n\
               \t0x0000:  4500 003c 1c46 4000 4006 b1e6 ac10 0a63  E..<.F@.@......c\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 0,
    },
    Case {
        format: "key=value",
        text: "date=2026-01-01 time=00:00:00 devname=\"FGT\" srcip=10.0.0.1 srcport=4000 dstip=192.0.2.1 dstport=443 msg=\"src=9.9.9.9 to 8.8.8.8\"\n\
               date=2026-01-01 time=00:00:00 devname=\"FGT\" type=\"event\" msg=\"Configuration changed\"\n\
               <189>date=2026-01-01 time=00:00:00 srcip=10.0.0.2 dstip=192.0.2.2\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 1,
    },
    Case {
        format: "key=value",
        text: "Jan  1 00:00:00 gw kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:08:00 \
               SRC=10.0.0.1 DST=192.0.2.1 LEN=60 TOS=0x00 TTL=64 ID=1 DF PROTO=TCP SPT=4000 DPT=443 SYN URGP=0\n\
               Jan  1 00:00:01 gw kernel: DROP IN=eth0 OUT= SRC=10.0.0.2 DST=192.0.2.2 LEN=88 PROTO=ICMP TYPE=3 CODE=1 \
               [SRC=192.0.2.2 DST=10.0.0.2 LEN=60 PROTO=TCP SPT=1 DPT=2 ]\n\
               Jan  1 00:00:02 gw kernel: [12345.7] usb 1-1: new high-speed USB device\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 1,
    },
    Case {
        format: "key=value",
        text: "tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=192.0.2.1 sport=4000 dport=443 packets=3 bytes=300 \
               src=192.0.2.1 dst=203.0.113.1 sport=443 dport=4000 packets=2 bytes=200 [ASSURED] mark=0 use=1\n\
               [DESTROY] udp 17 src=10.0.0.2 dst=192.0.2.2 sport=53 dport=53 packets=1 bytes=60 [UNREPLIED] \
               src=192.0.2.2 dst=10.0.0.2 sport=53 dport=53 packets=0 bytes=0\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 0,
    },
    Case {
        format: "key=value",
        text: "1 2026-01-01T00:00:00Z fw CheckPoint 1234 - [action:\"Accept\"; src:\"10.0.0.1\"; dst:\"192.0.2.1\"; proto:\"6\"]\n\
               1Jan2026 00:00:01 accept fw >eth0 rule: 1; src: 10.0.0.2; dst: 192.0.2.2; proto: tcp; service: 443;\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 0,
    },
    Case {
        format: "key=value",
        text: "id=firewall sn=18B1 time=\"2026-01-01 00:00:00\" fw=203.0.113.1 pri=6 src=10.0.0.1:4000:X1 dst=192.0.2.1:443:X2:host proto=tcp/https\n\
               CEF:0|ArcSight|Logger|5|100|deny|5|src=10.0.0.2 spt=4000 dst=192.0.2.2 dpt=443 proto=TCP\n\
               LEEF:1.0|V|P|1|deny|src=10.0.0.3\tdst=192.0.2.3\tproto=TCP\n\
               Jan  1 00:00:00 fw %%01POLICY/6/POLICYDENY(l): protocol=6, source-ip=10.0.0.4, source-port=1, destination-ip=192.0.2.4\n\
               Jan  1 00:00:00 fw FILTER/6/ZONE: SrcIPAddr(1003)=10.0.0.5;DstIPAddr(1007)=192.0.2.5;\n\
               Jan  1 00:00:00 fw %FTD-6-430003: AccessControlRuleAction: Allow, SrcIP: 10.0.0.6, DstIP: 192.0.2.6, SrcPort: 1\n\
               Jan  1 00:00:00 fw RT_FLOW - [junos@2636 source-address=\"10.0.0.7\" source-port=\"1\" destination-address=\"192.0.2.7\"]\n",
        sources: &[
            "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7",
        ],
        destinations: &[
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "192.0.2.5",
            "192.0.2.6",
            "192.0.2.7",
        ],
        not_ip: 0,
    },
    Case {
        format: "log",
        text: "Jan 01 2026 00:00:00: %ASA-6-302013: Built inbound TCP connection 1 for outside:10.0.0.1/4000 (10.0.0.1/4000) to inside:192.0.2.1/443 (203.0.113.9/443)\n\
               Jan 01 2026 00:00:00: %ASA-6-302013: Built outbound TCP connection 2 for outside:192.0.2.2/443 (192.0.2.2/443) to inside:10.0.0.2/4000 (203.0.113.9/4000)\n\
               Jan 01 2026 00:00:00: %ASA-6-302014: Teardown TCP connection 2 for outside:192.0.2.2/443 to inside:10.0.0.2/4000 duration 0:00:00 bytes 1 TCP FINs\n\
               Jan 01 2026 00:00:00: %ASA-6-302020: Built outbound ICMP connection for faddr 192.0.2.3/0 gaddr 203.0.113.9/1 laddr 10.0.0.3/1\n\
               Jan 01 2026 00:00:00: %ASA-2-106001: Inbound TCP connection denied from 10.0.0.4/4000 to 192.0.2.4/443 flags SYN on interface outside\n\
               Jan 01 2026 00:00:00: %ASA-4-106023: Deny tcp src outside:10.0.0.5/4000 dst inside:192.0.2.5/443 by access-group \"X\" [0x0, 0x0]\n\
               Jan 01 2026 00:00:00: %ASA-4-106100: access-list X denied tcp outside/10.0.0.6(4000) -> inside/192.0.2.6(443) hit-cnt 1 first hit\n\
               Jan 01 2026 00:00:00: %ASA-6-305011: Built dynamic TCP translation from inside:10.0.0.7/4000 to outside:203.0.113.9/4000\n\
               Jan 01 2026 00:00:00: %ASA-4-313004: Denied ICMP type=0, from laddr 10.0.0.7 on interface inside to 192.0.2.7: no matching session\n\
               Jan 01 2026 00:00:00: %ASA-3-710003: TCP access denied by ACL from 10.0.0.8/4000 to outside:192.0.2.8/22\n\
               Jan 01 2026 00:00:00: %ASA-2-106016: Deny IP spoof from (10.0.0.9) to 192.0.2.9 on interface inside\n",
        sources: &[
            "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7",
            "10.0.0.8", "10.0.0.9",
        ],
        destinations: &[
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "192.0.2.5",
            "192.0.2.6",
            "192.0.2.7",
            "192.0.2.8",
            "192.0.2.9",
        ],
        not_ip: 2,
    },
    Case {
        format: "log",
        text: "*Jan  1 00:00:00.123: %SEC-6-IPACCESSLOGP: list 101 denied tcp 10.0.0.1(4000) -> 192.0.2.1(443), 3 packets\n\
               000012: *Jan  1 00:00:00.123: %SEC-6-IPACCESSLOGDP: list 101 denied icmp 10.0.0.2 (Gi0/0 aabb.ccdd.eeff) -> 192.0.2.2 (8/0), 1 packet\n\
               Jan  1 00:00:00 srx RT_FLOW: RT_FLOW_SESSION_CREATE: session created 10.0.0.3/4000->192.0.2.3/443 0x0 https 203.0.113.9/4000->192.0.2.3/443\n\
               Jan  1 00:00:00 mt firewall,info forward: in:a out:b, proto TCP (SYN), 10.0.0.4:4000->192.0.2.4:443, len 60\n",
        sources: &["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"],
        destinations: &["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"],
        not_ip: 0,
    },
    Case {
        format: "log",
        text: "01/01/2026-00:00:00.000000  [**] [1:2000001:1] ET SCAN [**] [Classification: Misc] [Priority: 2] {TCP} 10.0.0.1:4000 -> 192.0.2.1:443\n\
               01/01-00:00:00.000000  [**] [1:2000002:1] ICMP [**] [Priority: 3] {ICMP} 10.0.0.2 -> 192.0.2.2\n\
               01/01/2026-00:00:00.000000  [**] [1:1:1] v6 [**] {UDP} 2001:0db8:0000:0000:0000:0000:0000:0001:53 -> ff02:0000:0000:0000:0000:0000:0000:00fb:53\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 0,
    },
    Case {
        format: "filterlog",
        text: "Jan  1 00:00:00 fw filterlog[1]: 5,,,1000,em0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,10.0.0.1,192.0.2.1,4000,443,0,S,1,,64240,,mss\n\
               <134>1 2026-01-01T00:00:00Z fw filterlog 1 - [meta sequenceId=\"1\"] 5,,,1000,em0,match,pass,out,4,0x0,,64,1,0,none,1,icmp,84,10.0.0.2,192.0.2.2,request,1,1,64\n\
               Jan  1 00:00:00 fw filterlog: 5,,,1000,em0,match,pass,in,6,0x00,0x0,1,UDP,17,50,fe80::1,ff02::fb,5353,5353,50\n\
               Jan  1 00:00:00 fw sshd[1]: Server listening on 0.0.0.0 port 22.\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 1,
    },
    Case {
        format: "web log",
        text: "10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] \"GET /?src=9.9.9.9&dst=8.8.8.8 HTTP/1.1\" 200 612\n\
               www.example.com:80 10.0.0.2 - bob [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 612 \"http://7.7.7.7/\" \"from 9.9.9.9 to 8.8.8.8\"\n\
               10.0.0.3, 203.0.113.1 - - [01/Jan/2026:00:00:00 +0000] \"-\" 408 0\n\
               2001:db8::1 - - [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 612\n\
               Jan  1 00:00:00 lb haproxy[1]: 10.0.0.4:4000 [01/Jan/2026:00:00:00.123] web web/s1 0/0/0/1/1 200 612 - - ----\n\
               <190>Jan  1 00:00:00 203.0.113.2 nginx: 10.0.0.5 - - [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 612\n\
               79a59 bucket [01/Jan/2026:00:00:00 +0000] 10.0.0.6 79a59 3E57 REST.GET.VERSIONING - \"GET /x\" 200\n\
               1767225600.123    100 10.0.0.7 TCP_MISS/200 1024 GET http://example.com/ - HIER_DIRECT/192.0.2.1 text/html\n",
        sources: &[
            "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7",
        ],
        destinations: &[],
        not_ip: 0,
    },
    Case {
        format: "log",
        text: "Jan  1 00:00:00 host sshd[1]: Failed password for root from 10.0.0.1 port 22 ssh2\n\
               Jan  1 00:00:00 host sshd[1]: Invalid user from 9.9.9.9 from 10.0.0.2 port 4000\n\
               Jan  1 00:00:00 host sshd[1]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.3  user=root\n\
               Jan  1 00:00:00 host CRON[1]: pam_unix(cron:session): session opened for user root\n\
               Jan  1 00:00:00 host postfix/smtpd[1]: connect from unknown[10.0.0.4]\n\
               Jan  1 00:00:00 host postfix/smtp[1]: ABC: to=<a@example.com>, relay=mx.example.com[192.0.2.9]:25, delay=1, status=sent\n\
               2026-01-01 00:00:00,123 fail2ban.actions [1]: NOTICE  [sshd] Ban 10.0.0.5\n\
               [Thu Jan 01 00:00:00.123456 2026] [core:error] [pid 1] [client 10.0.0.6:4000] AH00126: Invalid URI\n\
               2026/01/01 00:00:00 [error] 1#1: *1 open() failed, client: 10.0.0.7, server: _, request: \"GET / HTTP/1.1\"\n\
               01-Jan-2026 00:00:00.123 client @0x7f1c 10.0.0.8#5000 (example.com): query: example.com IN A + (192.0.2.53)\n\
               Jan  1 00:00:00 host dovecot: imap-login: Login: user=<a>, method=PLAIN, rip=10.0.0.9, lip=192.0.2.9, TLS\n",
        sources: &[
            "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7",
            "10.0.0.8", "10.0.0.9",
        ],
        destinations: &["192.0.2.9"],
        not_ip: 2,
    },
    Case {
        format: "nfdump",
        text: "Date first seen          Duration     Proto      Src IP Addr:Port          Dst IP Addr:Port   Packets    Bytes Flows\n\
               2026-01-01 00:00:00.000     0.000 TCP          10.0.0.1:4000  ->        192.0.2.1:443          3      180     1\n\
               2026-01-01 00:00:00.000     0.000 ICMP         10.0.0.2:0     ->        192.0.2.2:8.0      1.2 M    1.5 G     1\n\
               Summary: total flows: 2, total bytes: 1.5 G, total packets: 1.2 M, avg bps: 0\n\
               Time window: 2026-01-01 00:00:00 - 2026-01-01 00:00:00\n\
               Total flows processed: 2, Blocks skipped: 0, Bytes read: 200\n\
               Sys: 0.001s flows/second: 2000.0\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 0,
    },
    Case {
        format: "argus",
        text: "         StartTime      Flgs  Proto            SrcAddr  Sport   Dir            DstAddr  Dport  TotPkts   TotBytes State \n   \
               00:00:00.000000  e           tcp           10.0.0.1.4000      ->          192.0.2.1.443         12       1200   FIN\n   \
               00:00:00.000000  e           udp          192.0.2.2.53       <-           10.0.0.2.4000          2        200   CON\n   \
               00:00:00.000000  e           tcp           10.0.0.3.http     <?>          192.0.2.3.4000         2        200   CON\n   \
               00:00:00.000000  e           arp           10.0.0.8           who          10.0.0.9              2         84   CON\n",
        sources: &["10.0.0.1", "10.0.0.2", "10.0.0.3"],
        destinations: &["192.0.2.1", "192.0.2.2", "192.0.2.3"],
        not_ip: 1,
    },
    Case {
        format: "sockets",
        text: "Active Internet connections (servers and established)\n\
               Proto Recv-Q Send-Q Local Address           Foreign Address         State\n\
               tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN\n\
               tcp        0      0 10.0.0.1:22             192.0.2.1:4000          ESTABLISHED\n\
               tcp6       0      0 :::80                   :::*                    LISTEN\n\
               tcp4       0      0 10.0.0.2.4000           192.0.2.2.443           ESTABLISHED\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 2,
    },
    Case {
        format: "sockets",
        text: "Netid  State   Recv-Q  Send-Q   Local Address:Port     Peer Address:Port  Process\n\
               udp    UNCONN  0       0        127.0.0.53%lo:53       0.0.0.0:*\n\
               tcp    ESTAB   0       0        10.0.0.1:22            192.0.2.1:4000\n\
               tcp    ESTAB   0       0        [2001:db8::1]:22       [2001:db8::2]:4000\n",
        sources: &["10.0.0.1"],
        destinations: &["192.0.2.1"],
        not_ip: 1,
    },
    Case {
        format: "web log",
        text: "http 2026-01-01T00:00:00.1Z app/a/50dc 10.0.0.1:2817 192.0.2.1:80 0.000 0.001 0.000 200 200 34 366 \"GET http://a:80/ HTTP/1.1\" \"curl\"\n\
               2026-01-01T00:00:00.1Z a 10.0.0.2:2817 - -1 -1 -1 503 0 0 0 \"GET http://a:80/ HTTP/1.1\" \"10.9.9.9\" - -\n\
               tls 2.0 2026-01-01T00:00:00 net/a/c6e7 g3d4b 10.0.0.3:51341 192.0.2.2:443 5 2 - 29 arn\n",
        sources: &["10.0.0.1", "10.0.0.2", "10.0.0.3"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 0,
    },
    Case {
        format: "web log",
        text: "Jan  1 00:00:00 10.9.9.1 haproxy[1]: 10.0.0.1:33317 [06/Jan/2026:00:00:00.1] a b/c 10/0 200 1 \"GET / HTTP/1.1\"\n\
               Jan  1 00:00:00 10.9.9.1 haproxy[1]: 10.0.0.2:33318 [06/Jan/2026:00:00:00.1] a b/c 10/0 200 1 \"GET / HTTP/1.1\"\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &[],
        not_ip: 0,
    },
    Case {
        format: "log",
        text: "    1   0.000000     10.0.0.1 → 192.0.2.1    TCP 74 4000 → 443 [SYN] Seq=0 Win=64240 Len=0\n\
               2   0.000100     192.0.2.2 ← 10.0.0.2    TCP 74 443 → 4000 [SYN, ACK] Seq=0\n\
               3   0.000200 00:11:22:33:44:55 → ff:ff:ff:ff:ff:ff ARP 42 Who has 10.0.0.9? Tell 10.0.0.8\n",
        sources: &["10.0.0.1", "10.0.0.2"],
        destinations: &["192.0.2.1", "192.0.2.2"],
        not_ip: 1,
    },
    Case {
        format: "log",
        text: "Jan  1 00:00:00 h sshd[1]: Connection closed by authenticating user root 10.0.0.1 port 4001 [preauth]\n\
               Jan  1 00:00:00 h sshd[1]: Unable to negotiate with 10.0.0.2 port 3: no matching host key\n\
               Jan  1 00:00:00 h sshd[1]: Disconnected from user root 10.0.0.3 port 50000\n\
               Jan  1 00:00:00 h sshd[1]: Server listening on 0.0.0.0 port 22.\n",
        sources: &["10.0.0.1", "10.0.0.2", "10.0.0.3"],
        destinations: &[],
        not_ip: 1,
    },
];

#[test]
fn a_word_that_could_name_a_column_makes_no_header_of_a_line() {
    let line = "Jan  5 10:00:00 mgr CEF:0|Check Point|VPN-1|Check Point|Log|https|Unknown|rt=1704448800000 dst=192.0.2.1 src=10.0.0.1\n";
    let found = capture(line.repeat(2));
    assert_eq!(shown(&found.sets.source), ["10.0.0.1"]);
    assert_eq!(shown(&found.sets.destination), ["192.0.2.1"]);
}

#[test]
fn every_tool_is_read_as_it_marks_addresses() {
    for case in CASES {
        let found = capture(case.text);
        let file = file(&found);
        let told = (file.format.name, shown(&found.sets.source), shown(&found.sets.destination));
        let expected =
            [case.sources, case.destinations].map(|side| side.iter().map(|&s| s.into()).collect());
        let [sources, destinations]: [Vec<String>; 2] = expected;
        assert_eq!(told, (case.format, sources, destinations), "{}\n{file:?}", case.text);
        assert_eq!(
            (file.source.not_ip, file.source.malformed),
            (case.not_ip, 0),
            "{}\n{file:?}",
            case.text
        );
        assert!(file.malformed.is_empty() && file.warnings.is_empty(), "{file:?}");
    }
}

#[test]
fn packets_and_bytes_are_those_that_lines_say() {
    let said = |text: &str| {
        let found = capture(text);
        found.sets.source.weights()
    };
    let of = |start: &str| CASES.iter().find(|case| case.text.starts_with(start)).unwrap().text;
    assert_eq!(said(of("tcp      6")), [5, 1]);
    assert_eq!(said(of("Date first")), [3, 1_200_000]);
    assert_eq!(said(of("         StartTime")), [12, 2, 2]);
    assert_eq!(said(of("*Jan")), [3, 1, 1, 1]);
    assert_eq!(said(of("00:00:00.000000 IP 10")), [1, 1]);
}

#[test]
fn conditions_find_protocols_ports_and_times() {
    let of = |start: &str| CASES.iter().find(|case| case.text.starts_with(start)).unwrap().text;
    let left = |start: &str, condition: &str| {
        let found = attempt_with(of(start), &filtered(condition));
        found.map(|found| shown(&found.sets.source)).unwrap_or_default()
    };
    assert_eq!(left("00:00:00.000000 IP 10", "proto=tcp and dport=443"), ["10.0.0.1"]);
    assert_eq!(left("00:00:00.000000 IP (tos", "proto=udp and port=53"), ["10.0.0.2"]);
    assert_eq!(left("date=", "dport=443 and time>=2026-01-01 and time<2026-01-02"), ["10.0.0.1"]);
    assert_eq!(left("Jan  1 00:00:00 gw", "proto=tcp and sport=4000"), ["10.0.0.1"]);
    assert_eq!(left("tcp      6", "proto=udp"), ["10.0.0.2"]);
    assert_eq!(left("Jan 01 2026", "proto=tcp and sport=4000 and dport=443").len(), 5);
    assert_eq!(left("*Jan", "proto=icmp"), ["10.0.0.2"]);
    assert_eq!(left("01/01/2026", "proto=tcp"), ["10.0.0.1"]);
    assert_eq!(left("Jan  1 00:00:00 fw filterlog", "proto=icmp"), ["10.0.0.2"]);
    assert_eq!(left("Date first", "proto=tcp and time>=2026-01-01"), ["10.0.0.1"]);
    assert_eq!(left("         StartTime", "proto=udp and port=53"), ["10.0.0.2"]);
    assert_eq!(left("Jan  1 00:00:00 host", "sport=22"), ["10.0.0.1"]);
}

#[test]
fn other_texts_are_no_logs() {
    let format =
        |text: &str| attempt_with(text, &Options::default()).map(|found| file(&found).format.name);
    for (text, expected) in [
        ("src,dst\n10.0.0.1,10.0.0.2\n", "csv"),
        ("src_ip,dest_ip,_raw\n10.0.0.1,10.0.0.2,\"00:00:00 from 10.0.0.3 to 10.0.0.4\"\n", "csv"),
        ("10.0.0.1 # from 10.0.0.2 to 10.0.0.3\n10.0.0.4\n", "list"),
        (
            "{\"src_ip\":\"10.0.0.1\",\"msg\":\"src=10.0.0.3 dst=10.0.0.4\",\"dest_ip\":\"10.0.0.2\"}\n",
            "json",
        ),
    ] {
        assert_eq!(format(text).ok(), Some(expected), "{text}");
    }
    for text in [
        "Connect from 10.0.0.1 to the server.\nThen read this file.\nIt is no log.\n",
        "10.0.0.1 host\n10.0.0.2 other\n",
        "2026-01-01 00:00:00 10.0.0.1 10.0.0.2\n",
        "Use a > b.\nSee 10.0.0.1 > there.\n",
    ] {
        let found = format(text);
        assert!(
            found.as_ref().is_ok_and(|&name| name == "list") || found.is_err(),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn lines_without_marks_are_malformed_and_placed() {
    let found = capture(
        "Jan  1 00:00:00 fw: denied tcp from 10.0.0.1 to 192.0.2.1\n\
         Jan  1 00:00:00 fw: session 10.0.0.2 192.0.2.2 closed\n\
         Jan  1 00:00:00 fw: denied tcp from 10.0.0.3 to 192.0.2.3\n",
    );
    let place = &file(&found).malformed[0];
    assert_eq!((place.at, place.offset), (RecordNumber::Line(2), 58));
    assert_eq!(shown(&found.sets.source), ["10.0.0.1", "10.0.0.3"]);
    let found = capture(
        "00:00:00.1 IP 10.0.0.1.1 > 192.0.2.1.2: Flags [S]\n00:00:00.2 IP a.example.1 > 192.0.2.2.2: Flags [S]\n",
    );
    assert_eq!(file(&found).malformed[0].value, "a.example.1");
    assert_eq!(shown(&found.sets.destination), ["192.0.2.1", "192.0.2.2"]);
}

#[test]
fn damage_at_the_start_costs_a_line() {
    for case in CASES.iter().filter(|case| !["nfdump", "argus", "sockets"].contains(&case.format)) {
        let whole = capture(case.text);
        for start in ["\0\0\0\0\0\0\0\0", "garbage without marks\n", "w [x] 3 ends here\n\n"] {
            let found = capture(format!("{start}{}", case.text));
            assert_eq!(file(&found).format.name, case.format, "{start:?} {}", case.text);
            assert_eq!(shown(&found.sets.source), shown(&whole.sets.source), "{start:?}");
        }
    }
}

#[test]
fn one_address_is_the_source_whatever_is_asked() {
    let web = CASES.iter().find(|case| case.format == "web log").unwrap().text;
    for roles in [Roles::Source, Roles::Both, Roles::Any] {
        let found = capture_with(web, &Options { roles: Some(roles), ..Options::default() });
        assert_eq!(found.largest().len(), 7, "{roles:?}");
        assert!(found.sets.destination.is_empty());
    }
    let asked = Options { roles: Some(Roles::Destination), ..Options::default() };
    assert!(attempt_with(web, &asked).is_err());
}

#[test]
fn long_and_hostile_lines_take_linear_time() {
    let start = "Jan  1 00:00:00 fw: denied tcp from 10.0.0.1 to 192.0.2.1\n";
    for unit in
        ["->", " > ", "a=\"", "src=", "from ", "[01/", "1.", ":", "(", "10.0.0.1 ", "<", "IP (tos "]
    {
        let found = capture(format!("{start}{}\n{start}", unit.repeat(200_000 / unit.len())));
        assert_eq!(found.sets.source.weights(), [2], "{unit}");
    }
}

fn case() -> impl Strategy<Value = &'static Case> {
    (0..CASES.len()).prop_map(|at| &CASES[at])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn cut_anywhere_only_the_end_is_lost(case in case(), cut in any::<prop::sample::Index>()) {
        let whole = shown(&capture(case.text).sets.source);
        let cut = cut.index(case.text.len());
        if let Ok(found) = attempt_with(&case.text.as_bytes()[..cut], &Options::default())
            && file(&found).format.name == case.format
        {
            let found = shown(&found.sets.source);
            let sure = found.len().saturating_sub(1);
            prop_assert!(whole.starts_with(&found[..sure]), "{found:?}");
        }
    }

    #[test]
    fn a_flipped_byte_costs_a_line_at_most(
        case in case(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = case.text.repeat(20).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let found = capture(&bytes);
        prop_assert_eq!(file(&found).format.name, case.format);
        let whole: Vec<_> = case.sources.iter().map(|&source| source.to_owned()).collect();
        let found = shown(&found.sets.source);
        prop_assert!(whole.iter().all(|source| found.contains(source)), "{:?}", found);
    }
}
