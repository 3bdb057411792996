//! Captures of packets: from the bytes of a frame to the addresses of its IPv4 header.
//!
//! `pcap` and `pcapng` find the frames. A frame is a chain of layers: a file a family of layers, each of which
//! says what the next one is and where it begins, and `frame`, which alone knows all families, follows the
//! chain. Like TShark's first `ip.src`, the outermost IPv4 header counts, even within IPv6 or a tunnel over
//! it; `--tunnels inner` asks for the innermost. What an ICMP error quotes is no header of this packet, and
//! nothing is decrypted, decompressed or put together from fragments. A frame that a capture cut short is
//! read as far as it goes.

mod ethernet;
mod frame;
mod ip;
mod label;
mod layer;
mod link;
mod opened;
pub(super) mod pcap;
pub(super) mod pcapng;
mod point;
mod pseudo;
mod tunnel;
mod wireless;
