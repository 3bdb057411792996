"""Worth: what octomix's flags are worth, on captures made of seeds and on public sets with labels.

    python3 benches/worth.py [--octomix PATH] [--only clean sweep ...] [--seeds 20] [--seed 1] [--sets FOLDER ...]

runs octomix on networks that it makes of seeds, each written as flows of both directions, flows of one direction,
lines of a firewall, and packets. It prints what is flagged in clean networks (`clean`), which of the planted scans and
lone addresses are found (`sweep`, `port-scan`, `isolated`), which of nine attacks on the second of two days an analyst
is told of (`attacks`), what the columns of addresses.csv are worth as rankings beside other methods, and at the end
the targets. `--missed` names every plant that was not found. Folders of public sets (`--sets`) hold captures and
labels.csv, with the columns address, role (src, dst or both) and label (bad or good).

    python3 benches/worth.py --write FOLDER --shape NAME [--form FORM ...] [--seed N] [--plant PLANT]

only writes one capture in the forms named, and truth.json, which tells what was planted in it. An attack is planted in
the second of two days of an enterprise.

Everything takes a minute a seed. The networks are imagined, and so are the attacks: a figure says how a rule fares on
what is written here, no more.
"""

import argparse
import csv
import json
import math
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import product
from pathlib import Path

try:
    from sklearn.ensemble import IsolationForest
except ImportError:
    IsolationForest = None

REPOSITORY = Path(__file__).resolve().parent.parent
# 2026-03-02 08:00 UTC; a capture lasts a working day.
START, HOURS, DAY = 1_772_438_400, 8, 86_400
TCP, UDP = 6, 17
NAMES = {TCP: "tcp", UDP: "udp"}
# Protocol, port, and the packets that half of the conversations stay below.
DNS, NTP, WEB, PLAIN, SMB = (UDP, 53, 1), (UDP, 123, 1), (TCP, 443, 14), (TCP, 80, 8), (TCP, 445, 20)
KERBEROS, LDAP, IMAP, PRINT, MAIL = (TCP, 88, 5), (TCP, 389, 8), (TCP, 993, 16), (TCP, 9100, 30), (TCP, 25, 12)
SSH, SQL, PROXY, SNMP, BACKUP = (TCP, 22, 40), (TCP, 1433, 12), (TCP, 3128, 12), (UDP, 161, 2), (TCP, 10_000, 9_000)
OFFICE = [WEB, WEB, WEB, PLAIN, SMB, SMB, KERBEROS, LDAP, IMAP, SQL]
INDUSTRY = [(TCP, 502, 4), (TCP, 44_818, 6), (TCP, 102, 5), (UDP, 2_222, 2), (TCP, 20_000, 4)]
POLLED = [SNMP, SSH, PLAIN, WEB, (TCP, 5_666, 6), (TCP, 10_050, 5), (TCP, 9_100, 8), (TCP, 135, 4), (TCP, 3_306, 6),
          (TCP, 5_432, 6), (TCP, 389, 5), (TCP, 8_080, 6)]
SWEPT = [(TCP, 22), (TCP, 23), (TCP, 80), (TCP, 135), (TCP, 443), (TCP, 445), (TCP, 1_433), (TCP, 3_389), (TCP, 8_080),
         (UDP, 161), (UDP, 5_060), (UDP, 1_900)]
# Of a hundred benign conversations, how many get no reply.
LOST = 1.5
# What is written of a conversation into a packet capture, packets a direction.
PACKETS = 3
SYN, RST, ACK, FIN, PUSH = 2, 4, 16, 1, 8
# The rules whose flags are findings, and the one that only ranks.
RULES, RANKING = ["reserved", "isolated", "gap", "sweep", "port-scan", "new-busy"], "low-density"
# How many findings, and how many of each counter, an analyst looks at.
TEN = 10


def ip(text):
    return sum(int(octet) << shift for octet, shift in zip(text.split("."), (24, 16, 8, 0)))


def dotted(address):
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def public(rng):
    """A first octet of public hosts: neither private nor reserved."""
    while True:
        octet = rng.randrange(1, 224)
        if octet not in (10, 100, 127, 169, 172, 192, 198, 203):
            return octet


def stale_settings(rng, clients, servers, hosts):
    """A few of the clients, each with a server that was where none of the hosts is."""
    taken = set(hosts)
    drawn = [(client, rng.choice(servers) & 0xFFFFFF00 | rng.randrange(10, 31))
             for client in clients if rng.random() < 0.02]
    return [(client, gone) for client, gone in drawn if gone not in taken]


def stranger(rng, known=()):
    """A public address, of a /8 from which there is none of the known."""
    taken = {address >> 24 for address in known}
    while True:
        octet = public(rng)
        if octet not in taken:
            return octet << 24 | rng.randrange(1, 1 << 24)


def log_uniform(rng, low, high):
    return min(high, int(math.exp(rng.uniform(math.log(low), math.log(high + 1)))))


class Network:
    """A network, and the conversations of one day in it.

    A flow is (time, source, destination, protocol, source port, destination port, packets out, packets back, bytes
    out, bytes back, was refused); the packets back are 0 where nobody answers."""

    def __init__(self, rng, day=0):
        self.rng, self.start = rng, START + day * DAY
        self.flows, self.hosts = [], []

    def any_time(self):
        return self.start + self.rng.random() * HOURS * 3600

    def ephemeral(self, host):
        """A source port as the system of this host chooses it."""
        if host * 2_654_435_761 >> 7 & 1:
            return 32_768 + int(self.rng.random() * 28_232)
        return 49_152 + int(self.rng.random() * 16_384)

    def talk(self, source, destination, service, time=None, lost=LOST):
        """A benign conversation: sizes have a heavy tail."""
        rng = self.rng
        protocol, port, typical = service
        time = self.any_time() if time is None else time
        sport = 123 if port == 123 else self.ephemeral(source)
        if rng.random() * 100 < lost:
            tries = 1 + int(rng.random() * 3)
            flow = tries, 0, tries * 60, 0
        elif typical < 3:
            flow = typical, typical, typical * (60 + int(rng.random() * 40)), typical * (76 + int(rng.random() * 400))
        else:
            out = 3 + int(typical * math.exp(rng.gauss(0, 1.2)))
            back = 2 + int(out * (0.5 + rng.random()))
            flow = out, back, out * (52 + int(rng.random() * 300)), back * (60 + int(rng.random() * 1300))
        self.flows.append((time, source, destination, protocol, sport, port, *flow, False))

    def probe(self, source, destination, service, time, sport=None, answer="none"):
        """A probe of a scan: answered by nothing, by a reset, or by a short conversation."""
        protocol, port = service[:2]
        sport = self.ephemeral(source) if sport is None else sport
        size = 44 if protocol == TCP else 70
        # Nobody resets UDP; a port that is closed is told by ICMP, which is no reply of this conversation.
        counts = {"none": (1, 0, size, 0), "refused": (1, 1, size, 40), "open": (2, 1, 2 * size, 44)}
        answer = "none" if answer == "refused" and protocol == UDP else answer
        self.flows.append((time, source, destination, protocol, sport, port, *counts[answer], answer == "refused"))

    def usual(self, clients, servers, most=40, services=OFFICE, resolvers=()):
        """Every client asks a few servers, each for what it serves, most of them a few times and some often."""
        rng = self.rng
        serves = {server: rng.sample(services, min(len(services), rng.randrange(1, 4))) for server in servers}
        for client in clients:
            favourites = rng.sample(servers, min(len(servers), rng.randrange(1, 6)))
            for _ in range(min(most, 1 + int(rng.lognormvariate(1.2, 0.9)))):
                server = rng.choice(favourites)
                if server != client:
                    self.talk(client, server, rng.choice(serves[server]))
            for resolver in resolvers:
                for _ in range(rng.randrange(1, 4)):
                    if resolver != client:
                        self.talk(client, resolver, rng.choice([DNS, DNS, NTP]))

    def stale(self, settings):
        """Clients ask again and again for a server that is gone."""
        for client, gone in settings:
            for _ in range(log_uniform(self.rng, 5, 150)):
                self.talk(client, gone, SMB, lost=100)

    def slash24s(self):
        """The /24s of its hosts, in order."""
        return sorted({host & 0xFFFFFF00 for host in self.hosts})


def subnet(rng, base, clients, servers):
    """A /24: its router, its servers from .10 to .30, and a pool that is between half and wholly used."""
    router = base | rng.choice([1, 254])
    first = rng.choice([31, 32, 50, 64, 100])
    clients = min(clients, 253 - first)
    pool = min(253, first + int(clients * rng.uniform(1, 2)))
    return router, sorted(rng.sample(range(base | 10, base | 31), servers)), sorted(
        rng.sample(range(base | first, base | pool), clients))


def internet(rng, count):
    """Servers as a network meets them: dozens in popular /24s and /16s, the others all over."""
    near = [stranger(rng) & 0xFFFFFF00 for _ in range(max(1, count // 60))]
    middle = [stranger(rng) & 0xFFFF0000 for _ in range(max(1, count // 80))]
    found = {}
    while len(found) < count:
        draw = rng.random()
        if draw < 0.35:
            address = near[int(len(near) * rng.random() ** 2)] | rng.randrange(1, 255)
        elif draw < 0.7:
            address = middle[int(len(middle) * rng.random() ** 2)] | rng.randrange(1, 65_535)
        else:
            address = stranger(rng)
        found[address] = None
    return list(found)


def office(net, base, least, most, subnets):
    """The hosts of a LAN; its clients ask its servers, and now and then one another."""
    rng = net.rng
    clients, servers, routers = [], [], []
    for third in range(subnets):
        router, some, pool = subnet(rng, base + (third << 8), rng.randrange(least, most + 1), rng.randrange(1, 6))
        routers.append(router)
        servers += some
        clients += pool
    net.usual(clients, servers, resolvers=routers[:1])
    for server in servers:
        net.talk(server, rng.choice(routers), DNS)
        net.talk(server, rng.choice(servers + routers), rng.choice([NTP, LDAP]))
    for client in clients:
        if rng.random() < 0.4:
            net.talk(rng.choice(servers), client, rng.choice([SSH, WEB, SMB]))
    net.hosts += routers + servers + clients
    net.stale(stale_settings(rng, clients, servers, net.hosts))
    return clients, servers, routers


def private(rng, subnets):
    """The base of so many /24s in a row."""
    return ip(f"192.168.{rng.randrange(0, 256 - subnets)}.0") if rng.random() < 0.6 else ip(
        f"10.{rng.randrange(256)}.{rng.randrange(0, 256 - subnets)}.0")


def lan(net):
    subnets = net.rng.randrange(1, 5)
    return office(net, private(net.rng, subnets), 30, 190, subnets)


def small_lan(net):
    """10 to 120 hosts, each of which is asked by others too."""
    base = private(net.rng, 1)
    clients, servers, routers = office(net, base, 8, 112, 1)
    for client in clients:
        net.talk(net.rng.choice(servers + routers), client, net.rng.choice([SSH, WEB, SMB]), lost=0)


def small_office(net):
    rng, base = net.rng, private(net.rng, 1)
    first = rng.choice([20, 50, 100, 100])
    count = rng.randrange(9, 26)
    clients = sorted(rng.sample(range(base | first, (base | first) + rng.randrange(count, 3 * count)), count))
    router, storage, printer = base | rng.choice([1, 254]), base | rng.randrange(2, 20), base | rng.randrange(200, 250)
    net.hosts += [router, storage, printer, *clients]
    net.usual(clients, [storage], services=[SMB, WEB], resolvers=[router])
    for client in clients:
        net.talk(client, printer, PRINT)
        if rng.random() < 0.3:
            net.talk(client, rng.choice(clients), SMB)


def enterprise(net):
    egress_of(net, Plan(net.rng), 0)


def enterprise_egress(net):
    egress_of(net, Plan(net.rng), 1)


def whole_24s(net):
    rng = net.rng
    base = (stranger(rng) & 0xFFFF0000) + (rng.randrange(0, 200) << 8)
    net.hosts += range(base, base + (rng.randrange(4, 13) << 8))
    for host in net.hosts:
        for _ in range(rng.randrange(1, 6)):
            other = rng.choice(net.hosts)
            net.talk(other, host, rng.choice([WEB, WEB, PLAIN, SSH, MAIL, DNS]))
        net.talk(host, rng.choice(net.hosts), DNS)


def office_with_egress(net):
    rng, subnets = net.rng, net.rng.randrange(1, 3)
    clients, servers, _ = office(net, private(rng, subnets), 30, 120, subnets)
    outside(net, clients + servers, internet(rng, rng.randrange(300, 900)))


def outside(net, hosts, targets):
    """Hosts ask servers of the Internet, the popular ones more."""
    rng = net.rng
    for host in hosts:
        for _ in range(rng.randrange(3, 25)):
            target = targets[int(len(targets) * rng.random() ** 2.5)]
            for _ in range(min(60, int(rng.paretovariate(1.5)))):
                net.talk(host, target, rng.choice([WEB, WEB, WEB, PLAIN]))


def cloud_32s(net):
    """Instances that got their addresses one by one from the ranges of a cloud."""
    rng = net.rng
    ranges = [stranger(rng) & 0xFFFC0000 for _ in range(rng.randrange(4, 11))]
    net.hosts += sorted({rng.choice(ranges) | rng.randrange(1, 1 << 18) for _ in range(rng.randrange(60, 300))})
    for host in net.hosts:
        for other in rng.sample(net.hosts, rng.randrange(2, 12)):
            for _ in range(min(40, int(rng.paretovariate(1.2)))):
                net.talk(host, other, rng.choice([WEB, WEB, SSH, SQL, (TCP, 6_379, 8), (TCP, 9_092, 20)]))


def laboratory(net):
    """Devices under test in the block set aside for benchmarks."""
    rng = net.rng
    bases = [ip("198.18.0.0") | rng.randrange(0, 512) << 8 for _ in range(rng.randrange(1, 4))]
    net.hosts += sorted({rng.choice(bases) | rng.randrange(1, 255) for _ in range(rng.randrange(15, 60))})
    net.usual(net.hosts, net.hosts, services=[WEB, PLAIN, (UDP, 5_001, 60), (TCP, 5_201, 400)])


def multicast_lan(net):
    rng = net.rng
    clients, servers, routers = lan(net)
    groups = [("224.0.0.251", 5353), ("224.0.0.252", 5355), ("239.255.255.250", 1900), ("239.255.255.250", 3702),
              ("255.255.255.255", 67), ("224.0.1.129", 319), ("239.192.152.143", 6771)]
    for host in clients + servers + routers:
        for group, port in rng.sample(groups, rng.randrange(1, 5)):
            for _ in range(rng.randrange(1, 9)):
                net.talk(host, ip(group), (UDP, port, 1), lost=100)
        if rng.random() < 0.6:
            net.talk(host, host | 255, (UDP, rng.choice([137, 138]), 1), lost=100)


def server_clients(net):
    """One server; its clients are people all over the Internet, many behind a few providers."""
    rng = net.rng
    server = stranger(rng)
    net.hosts.append(server)
    for client in internet(rng, rng.randrange(500, 2500)):
        for _ in range(min(200, int(rng.paretovariate(1.1)))):
            net.talk(client, server, rng.choice([WEB, WEB, WEB, PLAIN]), lost=3)


def ics_cells(net):
    """Cells of machines: a panel and an engineer's station poll every controller again and again."""
    rng, second = net.rng, net.rng.randrange(256)
    for third in rng.sample(range(256), rng.randrange(3, 9)):
        base = ip(f"10.{second}.{third}.0")
        count, first = rng.randrange(5, 56), rng.choice([10, 20, 100, 150])
        devices = sorted(rng.sample(range(base | first, (base | first) + count + rng.randrange(0, 20)), count))
        panel, station = base | rng.randrange(2, 10), base | rng.choice([200, 240, 250])
        for device in devices:
            service = rng.choice(INDUSTRY)
            for minute in range(0, HOURS * 60, rng.choice([30, 60, 90])):
                net.talk(panel, device, service, net.start + minute * 60 + rng.random() * 20, lost=0.3)
            if rng.random() < 0.5:
                net.talk(station, device, service)
            if rng.random() < 0.2:
                net.talk(device, rng.choice(devices), rng.choice(INDUSTRY))
        net.talk(station, panel, WEB)
        net.hosts += [panel, station, *devices]


def resolver(net):
    """Clients ask one resolver, which asks thousands of name servers, each a few times."""
    rng, base = net.rng, private(net.rng, 3)
    clients = sorted({base + (rng.randrange(3) << 8) + rng.randrange(30, 250) for _ in range(rng.randrange(100, 300))})
    server = base | rng.randrange(2, 20)
    net.hosts += [server, *clients]
    for client in clients:
        for _ in range(min(80, 2 + int(rng.lognormvariate(2, 0.8)))):
            net.talk(client, server, DNS, lost=0.3)
    for target in internet(rng, rng.randrange(2000, 4000)):
        for _ in range(min(60, int(rng.paretovariate(1.3)))):
            net.talk(server, target, DNS, lost=3)


def proxy(net):
    """Clients ask one proxy, which asks thousands of web servers."""
    rng = net.rng
    clients, servers, _ = office(net, private(rng, 2), 60, 150, 2)
    middle = servers[0]
    for client in clients:
        for _ in range(min(80, 2 + int(rng.lognormvariate(2, 0.8)))):
            net.talk(client, middle, PROXY)
    for target in internet(rng, rng.randrange(2000, 4000)):
        for _ in range(min(100, int(rng.paretovariate(1.1)))):
            net.talk(middle, target, rng.choice([WEB, WEB, WEB, PLAIN]), lost=2)


def monitoring(net):
    """A server polls every host of several /24s on 1 to 12 services, again and again."""
    rng, subnets = net.rng, net.rng.randrange(2, 5)
    clients, servers, routers = office(net, private(rng, subnets), 30, 150, subnets)
    watcher, services = servers[0], rng.sample(POLLED, rng.choice([1, 1, 2, 3, 5, 8, 12]))
    watched = [host for host in net.hosts if host != watcher]
    rounds = max(3, min(24, 25_000 // (len(watched) * len(services))))
    for time in range(rounds):
        began = net.start + time * HOURS * 3600 / rounds
        for number, host in enumerate(watched):
            for service in services:
                net.talk(watcher, host, service, began + number * 0.8 + rng.random(), lost=4)


def backup(net):
    """One host contacts all servers once a night, and moves much."""
    rng, subnets = net.rng, net.rng.randrange(1, 5)
    clients, servers, _ = office(net, private(rng, subnets), 30, 150, subnets)
    keeper = servers[0]
    racks = ip(f"10.{rng.randrange(256)}.{rng.randrange(250)}.0")
    kept = sorted({racks + (rng.randrange(rng.randrange(1, 4)) << 8) + rng.randrange(10, 200)
                   for _ in range(rng.randrange(20, 160))})
    net.hosts += kept
    for number, server in enumerate(kept):
        net.talk(keeper, server, BACKUP, net.start + number * 60 + rng.random() * 30, lost=1)
        for client in rng.sample(clients, 3):
            net.talk(client, server, rng.choice(OFFICE))


def mail_gateway(net):
    """A gateway delivers mail to thousands of hosts; one in ten does not answer."""
    rng = net.rng
    clients, servers, _ = office(net, private(rng, 1), 40, 150, 1)
    gateway = servers[0]
    for client in clients:
        for _ in range(rng.randrange(1, 12)):
            net.talk(client, gateway, (TCP, 587, 14))
    for target in internet(rng, rng.randrange(1500, 3500)):
        is_dead = rng.random() < 0.1
        for _ in range(min(80, int(rng.paretovariate(1.2)))):
            net.talk(gateway, target, MAIL, lost=100 if is_dead else 1)


def peer_to_peer(net):
    """Each host talks to 5 to 40 others of its own /24; in half of the sets each listens on a port of its own."""
    rng, subnets = net.rng, net.rng.randrange(1, 4)
    base, is_random = private(rng, subnets), net.rng.random() < 0.5
    for third in range(subnets):
        _, _, hosts = subnet(rng, base + (third << 8), rng.randrange(45, 190), 0)
        net.hosts += hosts
        listens = {host: [(TCP, rng.randrange(1_024, 65_536), 20), (UDP, rng.randrange(1_024, 65_536), 2)] if is_random
                   else [SMB, SMB, (TCP, 7_680, 20), (UDP, 6_771, 2), PLAIN] for host in hosts}
        for host in hosts:
            for other in rng.sample(hosts, min(len(hosts), rng.randrange(5, 41))):
                for _ in range(min(20, int(rng.paretovariate(1.3)))):
                    if other != host:
                        net.talk(host, other, rng.choice(listens[other]), lost=4)


def passive_ftp(net):
    """A few clients of a LAN fetch 20 to 400 files each from one server, every file over a port of its own."""
    rng = net.rng
    clients, servers, _ = lan(net)
    for client in rng.sample(clients, rng.randrange(2, 6)):
        net.talk(client, servers[0], (TCP, 21, 200), lost=0)
        for _ in range(log_uniform(rng, 20, 400)):
            net.talk(client, servers[0], (TCP, rng.randrange(50_000, 51_000), 60), lost=0.3)


class Plan:
    """An enterprise as it is every day: its subnets, what its hosts ask, and how busy they are."""

    def __init__(self, rng, subnets=(30, 51)):
        sites = rng.sample(range(256), rng.randrange(1, 4))
        blocks = rng.sample([(site, third) for site in sites for third in range(256)], rng.randrange(*subnets))
        self.clients, self.servers, self.routers = {}, [], []
        for site, third in blocks:
            base = ip(f"10.{site}.{third}.0")
            router, servers, clients = subnet(rng, base, rng.randrange(20, 140), rng.randrange(1, 6))
            self.routers.append(router)
            self.servers += servers
            self.clients.update((client, router) for client in clients)
        self.serves = {server: rng.sample(OFFICE, rng.randrange(1, 4)) for server in self.servers}
        # Remote procedures of Windows, each on a port of its own.
        for server in rng.sample(self.servers, len(self.servers) // 10):
            self.serves[server] += [(TCP, port, 8) for port in range(49_664, 49_664 + rng.randrange(4, 16))]
        central = rng.sample(self.servers, min(12, len(self.servers)))
        self.resolvers = central[:2]
        self.asks = {client: rng.sample(central, 3) + rng.sample(self.servers, rng.randrange(1, 5))
                     for client in self.clients}
        self.level = {client: rng.lognormvariate(1.4, 0.9) for client in self.clients}
        self.popular = internet(rng, 600)
        self.known = [stranger(rng) for _ in range(4000)]
        # A setting that is stale is so every day: it is not another server that is gone each night.
        self.stale = stale_settings(rng, self.clients, self.servers, self.hosts())

    def hosts(self):
        """All of its hosts, ascending."""
        return sorted([*self.routers, *self.servers, *self.clients])


def egress_of(net, plan, share):
    """A day of an enterprise; `share` of its clients' conversations with the Internet take place."""
    rng = net.rng
    net.hosts += plan.hosts()
    for client, router in plan.clients.items():
        if rng.random() < 0.04:
            continue
        today = plan.level[client] * rng.lognormvariate(0, 0.5)
        for _ in range(1 + int(today)):
            server = rng.choice(plan.asks[client])
            net.talk(client, server, rng.choice(plan.serves[server]))
        net.talk(client, rng.choice(plan.resolvers), DNS)
        net.talk(client, router, rng.choice([DNS, NTP]))
        if share and rng.random() < 0.7:
            for _ in range(1 + int(share * today * 0.6)):
                visit(net, client, plan)
    for server in plan.servers:
        for other in rng.sample(plan.servers, rng.randrange(1, min(6, len(plan.servers)))):
            for _ in range(min(150, int(rng.paretovariate(0.9)))):
                if other != server:
                    net.talk(server, other, rng.choice(plan.serves[other]))
        net.talk(server, rng.choice(plan.routers), NTP)
    net.stale(plan.stale)


def visit(net, client, plan):
    """A client asks a popular server, or one known for long, or, two times of three, a new one of the others."""
    rng = net.rng
    if rng.random() < 0.6:
        target, tail = plan.popular[int(len(plan.popular) * rng.random() ** 2.5)], 1.3
    else:
        # Of new servers, some three in a thousand are asked twenty times or more by one client.
        target, tail = rng.choice(plan.known) if rng.random() < 0.34 else stranger(rng), 1.9
    for _ in range(min(300, int(rng.paretovariate(tail)))):
        net.talk(client, target, rng.choice([WEB, WEB, WEB, PLAIN]))


SHAPES = {
    "lan": lan, "small-lan": small_lan, "small-office": small_office, "enterprise": enterprise,
    "enterprise-egress": enterprise_egress, "whole-24s": whole_24s, "office-with-egress": office_with_egress,
    "cloud-32s": cloud_32s, "laboratory-198.18": laboratory, "multicast-lan": multicast_lan,
    "server-clients": server_clients, "ics-cells": ics_cells, "resolver": resolver, "proxy": proxy,
    "monitoring": monitoring, "backup": backup, "mail-gateway": mail_gateway, "peer-to-peer": peer_to_peer,
    "passive-ftp": passive_ftp,
}


def clean(shape, seed):
    """The network of a shape and a seed, with benign traffic alone."""
    net = Network(random.Random(f"{shape} {seed}"))
    SHAPES[shape](net)
    return net


def talker(net):
    """One of the hosts that are sources; where none is, one of the sources."""
    sources = {flow[1] for flow in net.flows}
    return net.rng.choice(sorted(sources & set(net.hosts)) or sorted(sources))


def scanner(net):
    """Who scans: mostly one of the hosts, which goes on with what it does; else one that does nothing else."""
    rng, taken = net.rng, set(net.hosts)
    base = rng.choice(net.hosts) & 0xFFFFFF00
    free = [base | host for host in range(2, 254) if base | host not in taken]
    return rng.choice(free) if free and rng.random() < 0.3 else talker(net)


def pace(net, count):
    """The times of so many probes: from a second to two hours for all of them."""
    rng = net.rng
    length = math.exp(rng.uniform(0, math.log(7200)))
    began = net.start + rng.random() * (HOURS * 3600 - length)
    return [began + length * (number + rng.random()) / count for number in range(count)]


def sweep(net):
    """One source tries one service at many addresses of a block."""
    rng, source = net.rng, scanner(net)
    is_live = rng.random() < 0.5
    base = rng.choice(net.slash24s()) if is_live else rng.choice(
        [stranger(rng) & 0xFFFFFF00, (rng.choice(net.hosts) & 0xFFFF0000) | rng.randrange(256) << 8])
    block = rng.choice([24, 16])
    if block == 24:
        count, order = rng.randrange(16, 255), rng.choice(["in order", "random", "every 2nd"])
        step = 2 if order == "every 2nd" else 1
        count = min(count, 254 // step)
        first = rng.randrange(1, 256 - count * step) if count * step < 255 else 1
        targets = [base | first + number * step for number in range(count)]
        if order == "random":
            targets = [base | host for host in rng.sample(range(1, 255), count)]
    else:
        count, order = log_uniform(rng, 16, 2000), rng.choice(["in order", "random"])
        site = base & 0xFFFF0000
        # A run begins where the last /24 leaves room for it.
        first = min(base & 0xFFFF, 65_535 - count)
        targets = [site | first + number for number in range(1, count + 1)]
        if order == "random":
            targets = [site | host for host in rng.sample(range(1, 65_535), count)]
    targets = [target for target in targets if target != source]
    service, records = rng.choice(SWEPT), rng.choice([1, 1, 1, 2, 3])
    sport = rng.randrange(32_768, 61_000) if rng.random() < 0.4 else None
    answers = {target: answer(rng, target, net, is_live) for target in targets}
    for target, time in zip(targets, pace(net, len(targets))):
        for number in range(records):
            net.probe(source, target, service, time + number, sport, answers[target])
    return [found(source, "src", "sweep", block=block, targets=len(targets), order=order, records=records,
                  service=f"{NAMES[service[0]]}/{service[1]}", live=is_live,
                  answered=sum(answers[target] != "none" for target in targets), fixed_port=sport is not None)], targets


def answer(rng, target, net, is_live):
    """What a probed address does: hosts refuse or accept, what is not there is silent."""
    if not is_live:
        return "none" if rng.random() > 0.04 else "refused"
    # Asked often enough to be worth a set.
    net.alive = getattr(net, "alive", None) or frozenset(net.hosts)
    return rng.choice(["refused", "refused", "open"]) if target in net.alive else "none"


def port_scan(net, least=20, most=1000):
    """One source tries many ports of one host."""
    rng, source = net.rng, scanner(net)
    target = rng.choice([host for host in net.hosts if host != source] or [stranger(rng)])
    count, order = log_uniform(rng, least, most), rng.choice(["in order", "random"])
    top = rng.choice([1_024, 10_000, 65_535])
    ports = rng.sample(range(1, max(top, count) + 1), count)
    if order == "in order":
        first = rng.randrange(1, max(2, top - count))
        ports = list(range(first, first + count))
    sport = rng.randrange(32_768, 61_000) if rng.random() < 0.4 else None
    closed, opened = rng.choice(["refused", "none"]), 0
    for port, time in zip(ports, pace(net, count)):
        is_open = rng.random() < 0.01
        opened += is_open
        net.probe(source, target, (TCP, port), time, sport, "open" if is_open else closed)
    return [found(source, "src", "port-scan", ports=count, order=order, closed=closed, open=opened,
                  fixed_port=sport is not None)], [target]


def isolated(net):
    """A lone source that asks a few hosts, and a lone destination that a host asks."""
    rng = net.rng
    source = stranger(rng, net.hosts)
    target = stranger(rng, [*net.hosts, source])
    for host in rng.sample(net.hosts, min(len(net.hosts), rng.randrange(1, 4))):
        for _ in range(rng.randrange(1, 6)):
            net.talk(source, host, rng.choice([WEB, SSH, PLAIN]), lost=30)
    for _ in range(rng.randrange(1, 8)):
        net.talk(talker(net), target, rng.choice([WEB, PLAIN, DNS]), lost=20)
    # In netflow and in packets, whoever answers is a source too.
    return [found(source, "src", "isolated"), found(target, "dst", "isolated")], [source, target]


def found(address, role, rule, **parameters):
    return {"address": dotted(address), "role": role, "rule": rule, "parameters": parameters}


FLOWS = 100


def even(net, jitter):
    """Times of a beacon over the whole day."""
    step = HOURS * 3600 / FLOWS
    return [net.start + step * (number + jitter * net.rng.random()) for number in range(FLOWS)]


def beacon(net, source):
    target, service = stranger(net.rng), net.rng.choice([(TCP, 443, 6), (TCP, 8_080, 5), (TCP, 6_667, 5)])
    for time in even(net, 0.3):
        net.talk(source, target, service, time, lost=10)
    return [target]


def ddos(net, source):
    target, service = stranger(net.rng), net.rng.choice([(TCP, 80), (UDP, 53), (UDP, 80)])
    for time in pace(net, FLOWS):
        net.probe(source, target, service, time)
    return [target]


def scan_outward(net, source):
    service = net.rng.choice([(TCP, 23), (TCP, 445), (TCP, 22), (TCP, 2_323)])
    targets = [stranger(net.rng) for _ in range(FLOWS)]
    for target, time in zip(targets, pace(net, FLOWS)):
        net.probe(source, target, service, time, None, "refused" if net.rng.random() < 0.05 else "none")
    return targets


def rat(net, source):
    target, service = stranger(net.rng), (TCP, net.rng.choice([1_177, 4_782, 5_552, 7_707]), 10)
    for time in even(net, 0.9):
        net.talk(source, target, service, time, lost=5)
    return [target]


def bot(net, source):
    targets = [stranger(net.rng) for _ in range(net.rng.randrange(20, 45))]
    for number in range(FLOWS):
        target = targets[number % len(targets)] if number < len(targets) else net.rng.choice(targets)
        net.talk(source, target, net.rng.choice([MAIL, PLAIN, (TCP, 65_520, 6), (UDP, 16_464, 1)]), lost=30)
    return targets


def apt(net, source):
    targets = [stranger(net.rng) for _ in range(net.rng.randrange(1, 3))]
    for time in even(net, 0.9):
        net.talk(source, net.rng.choice(targets), WEB, time, lost=2)
    return targets


def ports(net, source):
    target = net.rng.choice([host for host in net.hosts if host != source])
    tried = net.rng.sample(range(1, 1_025), FLOWS)
    for port, time in zip(tried, pace(net, FLOWS)):
        net.probe(source, target, (TCP, port), time, None, "open" if net.rng.random() < 0.02 else "refused")
    return [target]


def exploits(net, source):
    targets = net.rng.sample([host for host in net.hosts if host != source], net.rng.randrange(4, 11))
    for _ in range(FLOWS):
        net.talk(source, net.rng.choice(targets), net.rng.choice([SMB, PLAIN, WEB, SSH, (TCP, 135, 6)]), lost=15)
    return targets


def sweep_inside(net, source):
    base, service = net.rng.choice(net.slash24s()), net.rng.choice([(TCP, 445), (TCP, 3_389), (TCP, 22)])
    first, alive = net.rng.randrange(1, 155), frozenset(net.hosts)
    targets = [base | first + number for number in range(FLOWS) if base | first + number != source]
    for target, time in zip(targets, pace(net, len(targets))):
        net.probe(source, target, service, time, None, "refused" if target in alive else "none")
    return targets


ATTACKS = {"beacon": beacon, "ddos": ddos, "scan-outward": scan_outward, "rat": rat, "bot": bot, "apt-c2": apt,
           "ports": ports, "exploits": exploits, "sweep-inside": sweep_inside}
PLANTS = {"sweep": sweep, "port-scan": port_scan, "isolated": isolated}


def planted(shape, seed, plant):
    """A network with something in it; what it is; and the addresses that it touches, flags of which tell nothing."""
    net = clean(shape, seed)
    net.rng = random.Random(f"{shape} {seed} {plant}")
    truth, touched = PLANTS[plant](net)
    return net, truth, [dotted(address) for address in touched]


# Subnets of the networks that are attacked: some thousand destinations a day, and some ten thousand.
SIZES = {"small": (4, 8), "large": (30, 51)}


class Days:
    """Two days of one enterprise with egress, and attacks on the second."""

    def __init__(self, seed, size="large"):
        self.seed, self.plan = seed, Plan(random.Random(f"plan {seed}"), SIZES[size])
        self.first, self.second = self.day(1), self.day(2)
        self.benign = len(self.second.flows)

    def day(self, number):
        net = Network(random.Random(f"day {self.seed} {number}"), number)
        egress_of(net, self.plan, 1)
        return net

    def attack(self, name):
        """Puts this attack alone into the second day; what was planted."""
        del self.second.flows[self.benign:]
        rng = self.second.rng = random.Random(f"attack {self.seed} {name}")
        source = rng.choice(sorted(self.plan.clients))
        targets = ATTACKS[name](self.second, source)
        return [found(source, "src", name), *(found(target, "dst", name) for target in sorted(set(targets)))]


def biflow(flows, path):
    with open(path, "w", buffering=1 << 20) as out:
        out.write("ts,src,dst,proto,sport,dport,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n")
        for time, src, dst, proto, sport, dport, op, rp, ob, rb, _ in flows:
            out.write(f"{time:.6f},{dotted(src)},{dotted(dst)},{NAMES[proto]},{sport},{dport},{op},{rp},{ob},{rb}\n")


def netflow(flows, path):
    """One row a direction."""
    rows = []
    for time, src, dst, proto, sport, dport, op, rp, ob, rb, _ in flows:
        rows.append((time, src, dst, proto, sport, dport, op, ob))
        if rp:
            rows.append((time + 0.02, dst, src, proto, dport, sport, rp, rb))
    with open(path, "w", buffering=1 << 20) as out:
        out.write("ts,src,dst,proto,sport,dport,packets,bytes\n")
        for time, src, dst, *rest in sorted(rows):
            out.write(f"{time:.3f},{dotted(src)},{dotted(dst)},{','.join(map(str, rest))}\n")


def firewall(flows, path):
    """Who asked whom for what, and no more."""
    with open(path, "w", buffering=1 << 20) as out:
        out.write("ts,src,dst,proto,sport,dport\n")
        for time, src, dst, proto, sport, dport, *_ in flows:
            out.write(f"{time:.0f},{dotted(src)},{dotted(dst)},{NAMES[proto]},{sport},{dport}\n")


def packets(flows, path):
    """The headers of the first packets of each conversation, in both directions."""
    frames = [frame for flow in flows for frame in frames_of(flow)]
    frames.sort()
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1))
        for time, frame, length in frames:
            whole = int(time)
            out.write(struct.pack("<IIII", whole, int((time - whole) * 1e6), len(frame), length) + frame)


def frames_of(flow):
    """(time, headers, length on the wire) of up to three packets a direction."""
    time, src, dst, proto, sport, dport, op, rp, ob, rb, is_refused = flow
    sides = [(src, dst, sport, dport, op, ob), (dst, src, dport, sport, rp, rb)]
    for number in range(min(PACKETS, max(op, rp))):
        for back, (a, b, p, q, count, size) in enumerate(sides):
            if number >= count:
                continue
            if proto == UDP:
                header = struct.pack(">HHHH", p, q, max(8, size // count - 20), 0)
            else:
                if not rp:
                    flags = SYN
                elif back:
                    flags = RST | ACK if is_refused else SYN | ACK if number == 0 else PUSH | ACK
                else:
                    flags = SYN if number == 0 else FIN | ACK if number == 2 else PUSH | ACK
                header = struct.pack(">HHIIBBHHH", p, q, number, 0, 0x50, flags, 64_240, 0, 0)
            length = max(20 + len(header), min(1500, size // count))
            internet_header = struct.pack(">BBHHHBBHII", 0x45, 0, length, number, 0, 64, proto, 0, a, b)
            # A packet that is sent again comes a second later, one that goes on at once.
            later = number * (0.05 if rp else 1.0) + back * 0.02
            yield time + later, ETHERNET + internet_header + header, length + 14


ETHERNET = bytes.fromhex("020000000002 020000000001 0800")
FORMS = {"biflow": (biflow, "csv"), "netflow": (netflow, "csv"), "firewall": (firewall, "csv"),
         "packets": (packets, "pcap")}


def write(net, form, folder, name):
    """Writes a day in a form; its path."""
    writer, extension = FORMS[form]
    path = folder / f"{name}.{extension}"
    writer(sorted(net.flows), path)
    return path


def write_one(arguments):
    """What --write asks for."""
    folder, seed, plant = arguments.write, arguments.seed, arguments.plant
    shape, forms = (arguments.shapes or ["lan"])[0], arguments.forms or FORMS
    folder.mkdir(parents=True, exist_ok=True)
    touched = []
    if plant in ATTACKS:
        days, shape = Days(seed), "enterprise-egress"
        truth = days.attack(plant)
        nets = {"day1-": days.first, "day2-": days.second}
    elif plant:
        net, truth, touched = planted(shape, seed, plant)
        nets = {"": net}
    else:
        nets, truth = {"": clean(shape, seed)}, []
    for name, net in nets.items():
        for form in forms:
            print(write(net, form, folder, name + form))
    net = list(nets.values())[-1]
    told = {"shape": shape, "seed": seed, "plant": plant, "hosts": len(set(net.hosts)), "flows": len(net.flows),
            "planted": truth, "touched": touched}
    (folder / "truth.json").write_text(json.dumps(told, indent=1) + "\n")
    print(folder / "truth.json")


class Role:
    """What octomix tells of the addresses of one role."""

    def __init__(self, folder, summary):
        self.columns, self.addresses = {}, []
        table = folder / "addresses.csv"
        if table.exists():
            with open(table, newline="") as file:
                header, *rows = csv.reader(file)
            self.columns = dict(zip(header, zip(*rows))) if rows else {}
            self.addresses = list(self.columns.get("address", ()))
        flagged = {}
        if (folder / "anomalies.csv").exists():
            with open(folder / "anomalies.csv", newline="") as file:
                flagged = {row["address"]: row["rule"].split("+") for row in csv.DictReader(file)}
        if "findings" in summary:
            self.findings = [(row["address"], row["rule"].split("+")) for row in summary["findings"]]
            self.sentences = [row["reason"] for row in summary["findings"][:TEN]]
        else:
            self.sentences = []
            # A program from before findings: what a rule other than the ranking flags.
            kept = ((address, [rule for rule in rules if rule != RANKING]) for address, rules in flagged.items())
            self.findings = [(address, rules) for address, rules in kept if rules]
        self.flags = {rule: {address for address, rules in self.findings if rule in rules} for rule in RULES}
        self.flags[RANKING] = {address for address, rules in flagged.items() if RANKING in rules}
        self.highest = {row["counter"]: [place["address"] for place in row["addresses"]][:TEN]
                        for row in summary.get("highest", ())}

    def told(self):
        """The addresses of the first ten findings and of the ten highest of each counter."""
        return {address for address, _ in self.findings[:TEN]}.union(*self.highest.values())

    def numbers(self, name):
        """A column as numbers, None where nothing is known."""
        return [float(cell) if cell else None for cell in self.columns.get(name, ())]


class Bench:
    """Where octomix is, which sets to make, and what is compared with the targets."""

    def __init__(self, arguments, folder):
        self.octomix, self.timeout, self.folder = arguments.octomix.resolve(), arguments.timeout, folder
        self.seeds = range(arguments.seed, arguments.seed + arguments.seeds)
        self.forms, self.sets, self.shapes = arguments.forms, arguments.sets or [], arguments.shapes
        self.keeps, self.tells_missed = arguments.keep is not None, arguments.missed
        self.targets = []

    def run(self, command, *arguments, output):
        """Runs a command of octomix; what it tells of each role."""
        line = [self.octomix, command, *arguments, "--quiet", "-o", output]
        shown = "octomix " + " ".join(map(str, line[1:]))
        try:
            done = subprocess.run(line, capture_output=True, text=True, timeout=self.timeout,
                                  env=os.environ | {"NODEVICE_SELECT": "1"})
        except subprocess.TimeoutExpired:
            sys.exit(f"worth.py: {shown} did not end within {self.timeout} s; --timeout sets another limit")
        if done.returncode != 0:
            sys.exit(f"worth.py: {shown} ended with {done.returncode}: {done.stderr.strip() or 'no message'}")
        try:
            summary = json.loads((output / "summary.json").read_text())
        except (OSError, ValueError) as error:
            sys.exit(f"worth.py: {shown} left no summary to read: {error}")
        return {role: Role(output / role, summary.get(role) or {}) for role in ("src", "dst")}

    def detect(self, net, form, name):
        """Writes a network, and detects in it."""
        path = write(net, form, self.folder, name)
        roles = self.run("detect", path, output=self.folder / f"{name}-out")
        self.drop(path, self.folder / f"{name}-out")
        return roles

    def drop(self, *paths):
        """Removes what was read, unless it is to be kept."""
        for path in paths:
            if self.keeps:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def target(self, what, goal, value, at_least, behind):
        """Notes a figure for the last table; `value` is None where nothing was measured."""
        self.targets.append((what, goal, value, at_least, behind))


def show(title, header, rows):
    """Prints a table: the first column to the left, the others to the right."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells)]
    print(f"\n{title}")
    for row in cells:
        left, *right = (cell.ljust(width) if not number else cell.rjust(width)
                        for number, (cell, width) in enumerate(zip(row, widths)))
        print("  ".join([left, *right]).rstrip())
    sys.stdout.flush()


def share(part, whole, digits=1):
    return f"{100 * part / whole:.{digits}f}%" if whole else "-"


def per(part, whole, unit=1000):
    return f"{unit * part / whole:.2f}" if whole else "-"


def measure_clean(bench):
    """What is flagged where nothing is wrong, by shape and by form."""
    tallies, worst = {}, Counter()
    for shape, seed in product(bench.shapes or SHAPES, bench.seeds):
        net = clean(shape, seed)
        for form in bench.forms or FORMS:
            roles = bench.detect(net, form, f"clean-{shape}-{seed}-{form}")
            counts = Counter(sets=1, sources=len(roles["src"].addresses))
            for role in roles.values():
                counts["addresses"] += len(role.addresses)
                counts["findings"] += len(role.findings)
                counts.update({rule: len(role.flags[rule]) for rule in RULES})
            for group in (shape, form, "all"):
                tallies.setdefault(group, Counter()).update(counts)
    rules = [rule for rule in RULES if rule != "new-busy"]
    for title, groups in [("by shape", bench.shapes or SHAPES), ("by form", [*(bench.forms or FORMS), "all"])]:
        rows = []
        for group in groups:
            tally = tallies[group]
            rows.append([group, tally["sets"], tally["addresses"], tally["sources"], *(tally[rule] for rule in rules),
                         tally["findings"], per(tally["findings"], tally["addresses"])])
        show(f"Clean sets, flags {title}", ["", "sets", "addresses", "sources", *rules, "findings", "per 1,000"], rows)
    total = tallies["all"]
    behind = f"{total['sets']} sets, {total['addresses']:,} addresses"
    for rule in ("sweep", "port-scan"):
        bench.target(f"{rule}: false flags per 2,000 clean hosts", 1, 2000 * total[rule] / total["sources"], False,
                     f"{total[rule]} at {total['sources']:,} sources")
    bench.target("isolated: flags in clean sets", 0, total["isolated"], False, behind)
    rates = [1000 * tallies[shape]["findings"] / tallies[shape]["addresses"] for shape in bench.shapes or SHAPES]
    bench.target("findings per 1,000 clean addresses", 1, 1000 * total["findings"] / total["addresses"], False, behind)
    bench.target("the same, mean over shapes", 1, sum(rates) / len(rates), False, f"{len(rates)} shapes")


# Where each plant is put. Sets of these shapes are clean otherwise.
PLACES = {
    "sweep": ["lan", "small-office", "enterprise-egress", "office-with-egress", "whole-24s", "ics-cells", "monitoring",
              "peer-to-peer", "multicast-lan", "proxy"],
    "isolated": ["small-lan", "small-office"],
}
PLACES["port-scan"] = PLACES["sweep"]
BANDS = [1, 10, 16, 32, 64, 128, 256, 512, 1024]


def band(number):
    """The band that a count is in, as text."""
    low = max(edge for edge in BANDS if edge <= number)
    above = [edge for edge in BANDS if edge > number]
    return f"{low}-{above[0] - 1}" if above else f"{low} or more"


def measure_plant(bench, plant):
    """How many of the plants the rule of the same name flags, by form, shape and what was planted."""
    tallies, missed, columns = {}, {}, {}
    for shape, seed in product(bench.shapes or PLACES[plant], bench.seeds):
        net, truth, touched = planted(shape, seed, plant)
        for form in bench.forms or FORMS:
            roles = bench.detect(net, form, f"{plant}-{shape}-{seed}-{form}")
            for row in truth:
                role = roles[row["role"]]
                is_found = row["address"] in role.flags[plant]
                if not is_found:
                    missed.setdefault((shape, seed, json.dumps(row)), []).append(form)
                # What the plant touches may be flagged or not: neither right nor wrong.
                wrong = role.flags[plant] - {row["address"], *touched}
                size = len(role.addresses)
                counts = Counter(
                    planted=1, found=int(is_found), told=int(row["address"] in role.told()), others=len(wrong),
                    addresses=size, chance=len(role.flags[plant]) / max(1, size))
                for group in groups_of(shape, form, row, size):
                    tallies.setdefault(group, Counter()).update(counts)
                # Of scans, octets say nothing that other methods could show.
                ranked = [*rankings(role), *(others(role) if plant == "isolated" else ())]
                note_areas(columns, ranked, role, {row["address"]}, ("detect", row["role"]))
    rows = []
    for group in sorted(tallies, key=in_order):
        tally = tallies[group]
        rows.append([" ".join(group), tally["planted"], tally["found"], share(tally["found"], tally["planted"]),
                     f"{tally['chance']:.2f}", tally["told"], tally["others"], tally["addresses"]])
    show(f"{plant}: found by the rule; told: among the ten first findings or highest; others: flagged, not planted",
         ["", "planted", "found", "recall", "by chance", "told", "others", "addresses"], rows)
    show_areas(plant, columns, "plants")
    if bench.tells_missed:
        for (shape, seed, row), forms in missed.items():
            print(f"missed: --shape {shape} --seed {seed} --form {' '.join(forms)} --plant {plant}: {row}")
    group, what = ("all",), f"{plant}: planted and found"
    if plant == "isolated":
        group, what = ("ten addresses or more",), "isolated: lone addresses found, among ten or more"
    tally = tallies.get(group, Counter())
    bench.target(what, {"port-scan": 90}.get(plant, 95), percent(tally["found"], tally["planted"]), True,
                 f"{tally['found']} of {tally['planted']}")


def percent(part, whole):
    return 100 * part / whole if whole else None


def groups_of(shape, form, row, size):
    """What a plant counts for: every group is a name and perhaps a value."""
    yield ("all",)
    yield "form", form
    yield "shape", shape
    if row["rule"] == "isolated":
        yield "role", row["role"]
        yield "addresses", band(size)
        yield ("ten addresses or more",) if size >= 10 else ("fewer than ten addresses",)
    for name, value in row["parameters"].items():
        if name in ("targets", "ports"):
            yield name, band(value)
        elif name not in ("answered", "open", "service"):
            yield name.replace("_", " "), str(value)


def in_order(group):
    """Groups by name, bands by number, all first."""
    value = group[-1].split("-")[0].split(" ")[0]
    return group != ("all",), len(group) == 1, group[0], int(value) if value.isdigit() else 0, group[-1]


# Columns by which addresses can be ranked, and whether high or low is suspicious.
COLUMNS = {"log_density": -1, "surprise": 1, "records": 1, "packets": 1, "bytes": 1, "peers": 1, "services": 1,
           "unanswered": 1}


def rankings(role):
    """Name and values of each column that the table has, and of records a peer."""
    for name, sign in COLUMNS.items():
        values = role.numbers(name)
        if any(value is not None for value in values):
            yield name, [None if value is None else sign * value for value in values]
    pairs = list(zip(role.numbers("records"), role.numbers("peers")))
    if any(None not in pair for pair in pairs):
        yield "records/peers", [None if None in pair or not pair[1] else pair[0] / pair[1] for pair in pairs]


def others(role):
    """The rankings of others, of the same addresses: by octets, and with the counters."""
    octets = [[int(octet) for octet in address.split(".")] for address in role.addresses]
    yield "HBOS, octets", hbos(octets)
    for name, length in [("rarity of the /16", 2), ("rarity of the /24", 3)]:
        sizes = Counter(tuple(row[:length]) for row in octets)
        yield name, [-sizes[tuple(row[:length])] for row in octets]
    if IsolationForest:
        yield "IsolationForest, octets", forest(octets)
        counters = [values for name in ("records", "bytes", "peers", "services", "unanswered")
                    if None not in (values := role.numbers(name)) and values]
        if counters:
            yield "IsolationForest, and counters", forest(
                [row + [math.log1p(value) for value in more] for row, more in zip(octets, zip(*counters))])


def hbos(octets, width=8):
    """Histogram-based outlier scores: the sum over octets of how rare the bin of the value is."""
    scores = [0.0] * len(octets)
    for column in zip(*octets):
        bins = Counter(value // width for value in column)
        for number, value in enumerate(column):
            scores[number] -= math.log(bins[value // width])
    return scores


def forest(rows):
    return [-score for score in IsolationForest(n_estimators=100, random_state=0).fit(rows).score_samples(rows)]


def areas(addresses, values, bad, known=None):
    """The area under the curve, how many of the bad are ranked, and whether one is among the ten highest."""
    known = known or set(addresses)
    ranked = [(value, address in bad) for address, value in zip(addresses, values)
              if value is not None and address in known]
    good = sorted(value for value, is_bad in ranked if not is_bad)
    high = sorted(value for value, is_bad in ranked if is_bad)
    if not good or not high:
        return None
    area = sum(bisect_left(good, value) + bisect_right(good, value) for value in high) / (2 * len(good) * len(high))
    # Ties are halved, for the ten highest too.
    above = len(good) - (bisect_left(good, high[-1]) + bisect_right(good, high[-1])) / 2
    return area, above < TEN


def note_areas(columns, ranked, role, bad, view):
    """Adds what each ranking of a role is worth to those of the same column and view."""
    for column, values in ranked:
        if (result := areas(role.addresses, values, bad)) is not None:
            columns.setdefault(column, {}).setdefault(view, []).append(result)


class Attacked:
    """What the attacks left in the tables: hits by attack and view, areas by column."""

    def __init__(self):
        self.hits, self.areas, self.flags = {}, {}, {}

    def note(self, attack, view, roles, bad, seen):
        """Takes in the results of one run; view is detect or score."""
        named = [span for role in roles.values() for sentence in role.sentences for span in spans(sentence)]
        for name, role in roles.items():
            self.tally(attack, view, name, role, bad[name], named)
            if not bad[name]:
                continue
            columns = list(rankings(role))
            if view == "score":
                columns += [news(role, seen[name], columns)]
            else:
                columns += others(role)
            note_areas(self.areas, columns, role, bad[name], (view, name))

    def tally(self, attack, view, name, role, bad, named):
        """Flags of the benign and of the bad, and whether an analyst is told of one of the bad: as an address, or by
        the sentence of a finding of either role, in which its address or the block of it that was swept stands."""
        for rule in RULES:
            flagged, size = role.flags[rule], len(role.addresses)
            counts = Counter(sets=1, addresses=size, flagged=len(flagged), bad=len(flagged & bad),
                             chance=len(flagged) * len(bad) / max(1, size))
            self.flags.setdefault((rule, view, name), Counter()).update(counts)
        if bad:
            told, findings = role.told(), {address for address, _ in role.findings[:TEN]}
            in_words = {address for address in bad if any(first <= ip(address) <= last for first, last in named)}
            none = math.prod(1 - len(told) / (size - number) for number in range(min(len(bad), size)))
            self.hits.setdefault((attack, view, name), Counter()).update(
                sets=1, found=int(bool((told | in_words) & bad)), first=int(bool((findings | in_words) & bad)),
                chance=1 - max(0, none), told=len(told), addresses=size)


def spans(sentence):
    """The addresses and ranges of addresses that stand in a sentence."""
    address = r"\d+\.\d+\.\d+\.\d+"
    for first, last in re.findall(rf"({address})(?:-({address}))?", sentence):
        yield ip(first), ip(last or first)


def news(role, seen, columns):
    """New today first, then by records a peer, or by records or packets where peers are not known."""
    columns = dict(columns)
    busy = next((columns[name] for name in ("records/peers", "records", "packets") if name in columns),
                [0] * len(role.addresses))
    return "new, then records/peers", [(address not in seen, math.log1p(value or 0))
                                       for address, value in zip(role.addresses, busy)]


def measure_attacks(bench):
    """Nine attacks over the second day of an enterprise: what detect tells of that day, and score after the first."""
    for size in SIZES:
        found = Attacked()
        for seed, form in product(bench.seeds, bench.forms or ["biflow"]):
            attack_days(bench, found, seed, size, form)
        show_hits(bench, found, size)
        show_flags(found)
        show_areas(f"attacks, {size}", found.areas, "attacks")


def attack_days(bench, found, seed, size, form):
    """The attacks of a seed, one after the other."""
    days, stem = Days(seed, size), f"attacks-{size}-{seed}-{form}"
    first, model = write(days.first, form, bench.folder, f"{stem}-day1"), bench.folder / f"{stem}-model"
    bench.run("fit", first, output=model)
    seen = sides(days.first, form)
    for attack in ["none", *ATTACKS]:
        truth = [] if attack == "none" else days.attack(attack)
        bad = {name: {row["address"] for row in truth if row["role"] == name} for name in ("src", "dst")}
        second = write(days.second, form, bench.folder, f"{stem}-{attack}")
        out, scored = bench.folder / f"{stem}-{attack}-detect", bench.folder / f"{stem}-{attack}-score"
        found.note(attack, "detect", bench.run("detect", second, output=out), bad, seen)
        found.note(attack, "score", bench.run("score", "--model", model, second, output=scored), bad, seen)
        bench.drop(second, out, scored)
    bench.drop(first, model)


def sides(net, form):
    """The addresses of each role as this form shows them: where replies are records, who answers is a source."""
    back = [flow for flow in net.flows if flow[7]] if form in ("netflow", "packets") else []
    return {role: {dotted(flow[at]) for flow in net.flows} | {dotted(flow[3 - at]) for flow in back}
            for role, at in (("src", 1), ("dst", 2))}


VIEWS = [(view, role) for view in ("detect", "score") for role in ("src", "dst")]


def show_hits(bench, found, size):
    """Of which attacks an analyst is told, and the targets."""
    rows, totals = [], {}
    for attack in ATTACKS:
        row = [attack, found.hits[(attack, *VIEWS[0])]["sets"]]
        for view in VIEWS:
            tally = found.hits[(attack, *view)]
            for group in ("all", "calls home" if attack in CALLS_HOME else "other"):
                totals.setdefault((group, *view), Counter()).update(tally)
            row += [tally["found"], tally["first"], f"{tally['chance']:.1f}"]
        rows.append(row)
    total = [totals[("all", *view)] for view in VIEWS]
    rows.append(["all", total[0]["sets"], *(cell for tally in total for cell in (
        tally["found"], tally["first"], f"{tally['chance']:.1f}"))])
    header = ["", "sets", *(cell for view, role in VIEWS for cell in (f"{view} {role}", "findings", "chance"))]
    show(f"Attacks on a {size} network told: among the ten first findings or the ten highest of a counter; among the findings; by chance",
         header, rows)
    sizes = "; ".join(f"{view} {role} {tally['told'] / tally['sets']:.0f} of {tally['addresses'] / tally['sets']:,.0f}"
                      for (view, role), tally in zip(VIEWS, total))
    print(f"Addresses told a set, on the mean: {sizes}.")
    for what, group, view, goal in [
        ("sources of attacks, detect", "all", ("detect", "src"), 70),
        ("sources of attacks, score", "all", ("score", "src"), 70),
        ("destinations of attacks, score", "all", ("score", "dst"), 70),
        ("destinations of C&C, RAT and C2, score", "calls home", ("score", "dst"), 95),
    ]:
        tally = totals[(group, *view)]
        bench.target(f"{what}, {size} network: among ten", goal, percent(tally["found"], tally["sets"]), True,
                     f"{tally['found']} of {tally['sets']}")


CALLS_HOME = ["beacon", "rat", "apt-c2"]


def show_flags(found):
    """What each rule flags on the second days, with and without attacks."""
    rows = []
    for view, rule in product(VIEWS, RULES):
        tally = found.flags[(rule, *view)]
        if tally["flagged"]:
            rows.append([" ".join([*view, rule]), tally["sets"], tally["addresses"], tally["flagged"], tally["bad"],
                         f"{tally['chance']:.1f}", per(tally["flagged"] - tally["bad"], tally["addresses"])])
    show("Flags on the second days, without an attack and with each (rules that flag none are left out)",
         ["", "sets", "addresses", "flagged", "of attacks", "chance", "false per 1,000"], rows)


def show_areas(what, columns, behind):
    """Means over attacks or plants of each column, by what octomix did and by role."""
    views = [view for view in VIEWS if any(view in results for results in columns.values())]
    rows = []
    for column, results in columns.items():
        cells = []
        for view in views:
            some = results.get(view)
            cells.append(f"{mean(area for area, _ in some):.2f} / {mean(ten for _, ten in some):.2f}" if some else "-")
        rows.append([column, *cells, max(map(len, results.values()))])
    show(f"{what}: area under the curve / share with a bad one among the ten highest, by column",
         ["", *(" ".join(view) for view in views), behind], rows)


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def measure_sets(bench):
    """Folders of captures with labels: what each rule flags, and the areas of the columns."""
    columns, totals = {}, {}
    if not bench.sets:
        return print("\nPublic sets are left out: name their folders by --sets")
    for folder in bench.sets:
        labels = labels_of(folder)
        captures = sorted(path for path in folder.iterdir()
                          if path.is_file() and path.name != "labels.csv" and not path.name.startswith("."))
        output = bench.folder / f"set-{folder.resolve().name}"
        roles = bench.run("detect", *captures, output=output)
        bench.drop(output)
        for name, role in roles.items():
            bad, good = ({address for address in role.addresses if labels.get((address, name)) == label}
                         for label in ("bad", "good"))
            group = f"{folder.resolve().name} {name}"
            for rule, flagged in role.flags.items():
                counts = Counter(
                    sets=1, flagged=len(flagged), bad=len(flagged & bad), good=len(flagged & good), all_bad=len(bad),
                    all_good=len(good), chance=len(flagged & (bad | good)) * len(bad) / max(1, len(bad | good)))
                for key in ((rule, group), (rule, "all")):
                    totals.setdefault(key, Counter()).update(counts)
            for column, values in [*rankings(role), *others(role)]:
                if (result := areas(role.addresses, values, bad, bad | good)) is not None:
                    columns.setdefault(column, {})[group] = result[0]
    rows = [[f"{group}: {rule}", *(tally[name] for name in ("sets", "all_bad", "all_good", "flagged", "bad", "good")),
             f"{tally['chance']:.1f}"]
            for (rule, group), tally in totals.items() if tally["flagged"]]
    show("Public sets: what each rule flags of the labelled (rules that flag none are left out)",
         ["", "roles", "bad", "good", "flagged", "flagged bad", "flagged good", "chance bad"], rows)
    groups = list(dict.fromkeys(group for areas_of in columns.values() for group in areas_of))
    show("Public sets: areas under the curve", ["", *groups, "mean"], [
        [column, *(f"{areas_of[group]:.2f}" if group in areas_of else "-" for group in groups),
         f"{mean(areas_of.values()):.2f}"] for column, areas_of in columns.items()])


def labels_of(folder):
    """(address, role) to bad or good; a role other than src and dst stands for both."""
    labels = {}
    try:
        with open(folder / "labels.csv", newline="") as file:
            for row in csv.DictReader(file):
                for role in ("src", "dst") if row["role"] not in ("src", "dst") else (row["role"],):
                    labels[row["address"], role] = row["label"]
    except (OSError, KeyError) as error:
        sys.exit(f"worth.py: {folder} needs a labels.csv with the columns address, role and label: {error}")
    return labels


def show_targets(bench):
    """Every target that was measured, and whether it is met."""
    rows = []
    for what, goal, value, at_least, behind in bench.targets:
        is_met = value is not None and (value >= goal if at_least else value <= goal)
        unit = "%" if at_least else ""
        rows.append([what, f"{'at least' if at_least else 'at most'} {goal}{unit}",
                     "-" if value is None else f"{value:.1f}{unit}" if at_least else f"{value:.2f}", behind,
                     "met" if is_met else "missed"])
    if rows:
        show("Targets", ["", "goal", "measured", "behind it", ""], rows)


PARTS = {
    "clean": measure_clean,
    "sweep": lambda bench: measure_plant(bench, "sweep"),
    "port-scan": lambda bench: measure_plant(bench, "port-scan"),
    "isolated": lambda bench: measure_plant(bench, "isolated"),
    "attacks": measure_attacks,
    "sets": measure_sets,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--octomix", default=REPOSITORY / "target/release/octomix", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many sets of each kind")
    parser.add_argument("--seed", type=int, default=1, metavar="FIRST", help="the first of them")
    parser.add_argument("--form", "--forms", dest="forms", nargs="+", choices=FORMS,
                        help="how captures are written [default: all; attacks as biflow]")
    parser.add_argument("--shape", "--shapes", dest="shapes", nargs="+", choices=SHAPES,
                        help="which networks [default: all; plants in those that suit them]")
    parser.add_argument("--sets", nargs="+", type=Path, metavar="FOLDER", help="captures with a labels.csv")
    parser.add_argument("--missed", action="store_true", help="name every plant that was not found")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the files there and keep them")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="the limit of one run")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="only write one capture and what is in it")
    parser.add_argument("--plant", choices=[*PLANTS, *ATTACKS], help="with --write: what to plant")
    arguments = parser.parse_args()
    if arguments.write:
        return write_one(arguments)
    if not arguments.octomix.exists():
        sys.exit(f"worth.py: there is no {arguments.octomix}; cargo build --release, or name one by --octomix")
    if IsolationForest is None:
        print("IsolationForest is left out: scikit-learn is not installed")
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(arguments, folder)
        for name in arguments.only:
            PARTS[name](bench)
    show_targets(bench)


if __name__ == "__main__":
    main()
