//! Captures of packets: from the bytes of a frame to the addresses of its IPv4 header.
//!
//! `pcap` and `pcapng` find the frames. A frame is a chain of layers. Each family of layers has a file,
//! whose functions say what the next layer is and where it begins; `frame`, which alone knows all families,
//! follows the chain. Like TShark's first `ip.src`, the outermost IPv4 header counts, even inside IPv6 or a
//! tunnel over it; `--tunnels inner` asks for the innermost. The headers that ICMP errors quote do not
//! count, and nothing is decrypted, decompressed or reassembled from fragments. A frame that the capture
//! truncated is read as far as it goes.

mod ethernet;
mod frame;
mod interface;
mod ip;
mod label;
mod layer;
mod opened;
pub(super) mod pcap;
pub(super) mod pcapng;
mod point;
mod pseudo;
mod tunnel;
mod wireless;
