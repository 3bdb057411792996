//! What a record asks for: a protocol and the port of its destination.

use std::fmt;

/// The service of a record, in 19 bits: protocol and port, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service(u32);

/// Protocols with ports, by their number (IANA); others with ports are one.
const PROTOCOLS: [(u8, &str); 5] =
    [(6, "tcp"), (17, "udp"), (132, "sctp"), (33, "dccp"), (136, "udplite")];
const UNKNOWN: u32 = PROTOCOLS.len() as u32;
const OTHER: u32 = UNKNOWN + 1;
const NONE: u32 = OTHER + 1;

/// ICMP of both versions: where a format has ports, it writes type and code into them.
const ICMP: [u8; 2] = [1, 58];

/// Ports below are registered; those that systems draw for clients begin here (Linux) or above (RFC 6335).
const EPHEMERAL: u16 = 32768;
/// Ports below are of servers.
const USER: u16 = 1024;

impl Service {
    /// How many bits it takes.
    pub const BITS: u32 = 19;
    /// Of a record that does not say.
    pub const UNSAID: Self = Self(NONE << 16);
    /// Of a record on the way back, which asks for nothing.
    pub const REPLY: Self = Self(NONE << 16 | 1);
    /// Of a protocol without ports.
    pub const PORTLESS: Self = Self(NONE << 16 | 2);
    /// Of a record of both ways without ports: its source asks, whatever for.
    pub const ASKED: Self = Self(NONE << 16 | 4);
    /// Of a record between two equal ports of servers, as of NTP: nothing tells which side asks.
    pub const MUTUAL: Self = Self(NONE << 16 | 3);

    /// That of a record of this protocol and these ports. A record from a registered port to a higher one is
    /// a reply, unless it stands for `both_ways`.
    #[inline]
    pub fn of(
        protocol: Option<u8>,
        source_port: Option<u16>,
        destination_port: Option<u16>,
        both_ways: bool,
    ) -> Self {
        if protocol.is_some_and(|protocol| ICMP.contains(&protocol)) {
            return if both_ways { Self::ASKED } else { Self::PORTLESS };
        }
        let at = protocol.map_or(UNKNOWN as usize, |protocol| {
            let known = PROTOCOLS.iter().position(|&(number, _)| number == protocol);
            known.unwrap_or(OTHER as usize)
        }) as u32;
        match (source_port, destination_port) {
            (_, None) if both_ways => Self::ASKED,
            (_, None) if at == OTHER => Self::PORTLESS,
            (_, None) => Self::UNSAID,
            (Some(from), Some(to)) if !both_ways && from == to && to < USER => Self::MUTUAL,
            (Some(from), Some(to)) if !both_ways && is_reply(from, to) => Self::REPLY,
            (_, Some(to)) => Self(at << 16 | u32::from(to)),
        }
    }

    /// The bits, below 2^[`BITS`](Self::BITS).
    #[inline]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Of the lowest [`BITS`](Self::BITS) of `bits`.
    #[inline]
    pub fn of_bits(bits: u32) -> Self {
        Self(bits & ((1 << Self::BITS) - 1))
    }

    /// Its port; of none 0.
    #[inline]
    pub fn port(self) -> u16 {
        if self.is_port() { self.0 as u16 } else { 0 }
    }

    /// Whether its record says which service it is about, or that it is about none.
    #[inline]
    pub fn is_said(self) -> bool {
        self != Self::UNSAID && self != Self::ASKED
    }

    /// Whether its record may ask for something.
    #[inline]
    pub fn is_asked(self) -> bool {
        self != Self::REPLY && self != Self::MUTUAL
    }

    /// Whether its record asks for something even if the other side sends records, too.
    #[inline]
    pub fn is_surely_asked(self) -> bool {
        self == Self::ASKED || self.is_port() && !self.is_drawn()
    }

    /// Whether its port is one that systems draw for clients, and for servers that tell their clients.
    #[inline]
    pub fn is_drawn(self) -> bool {
        self.port() >= EPHEMERAL
    }

    /// Whether it is a protocol and a port.
    #[inline]
    pub fn is_port(self) -> bool {
        self.0 >> 16 != NONE
    }
}

/// Whether a record between these ports is on the way back, from a server to what asked it.
#[inline]
fn is_reply(from: u16, to: u16) -> bool {
    // A DHCP server (67) answers a port of servers (68).
    from < to && from < EPHEMERAL && (to >= USER || (from, to) == (67, 68))
}

impl fmt::Display for Service {
    /// As in `tcp/443`; of an unknown protocol the port alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.0 as u16;
        match self.0 >> 16 {
            UNKNOWN => write!(f, "port {port}"),
            OTHER => write!(f, "other/{port}"),
            NONE => f.write_str("no port"),
            at => write!(f, "{}/{port}", PROTOCOLS[at as usize].1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_the_port_that_was_asked_for() {
        let of = |protocol, from, to| Service::of(protocol, from, to, false);
        assert_eq!(of(Some(6), Some(51000), Some(443)).to_string(), "tcp/443");
        assert_eq!(of(Some(6), Some(443), Some(51000)), Service::REPLY);
        assert_eq!(of(Some(17), Some(123), Some(123)), Service::MUTUAL);
        assert_eq!(of(Some(17), Some(67), Some(68)), Service::REPLY);
        assert_eq!(of(Some(17), Some(68), Some(67)).to_string(), "udp/67");
        assert_eq!(of(Some(6), Some(20), Some(80)).to_string(), "tcp/80");
        assert_eq!(of(Some(6), Some(40000), Some(50000)).to_string(), "tcp/50000");
        assert_eq!(of(None, None, Some(53)).to_string(), "port 53");
        assert_eq!(of(Some(1), Some(8), Some(0)), Service::PORTLESS);
        assert_eq!(
            (of(Some(47), None, None), of(Some(6), None, None)),
            (Service::PORTLESS, Service::UNSAID)
        );
        assert_eq!(of(None, None, None), Service::UNSAID);
        assert_eq!(Service::of(Some(1), Some(8), Some(0), true), Service::ASKED);
        let both_ways = Service::of(Some(6), Some(443), Some(51000), true);
        assert_eq!(both_ways.to_string(), "tcp/51000");
        for service in [both_ways, Service::REPLY, Service::UNSAID, Service::PORTLESS] {
            assert_eq!(Service::of_bits(service.bits()), service);
            assert_eq!(service.is_port(), service == both_ways);
        }
    }
}
