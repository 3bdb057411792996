//! The columns of logs that are written without a header, by the name of the log.

/// The columns of one kind of log.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What is written so.
    pub what: &'static str,
    columns: &'static str,
}

impl Preset {
    /// The preset with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// The names of its columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = String> {
        self.columns.split(' ').map(str::to_owned)
    }
}

/// All presets.
#[rustfmt::skip]
pub const PRESETS: &[Preset] = &[
    Preset { name: "vpc", what: "AWS VPC flow logs of version 2", columns: "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status" },
    Preset { name: "zeek-conn", what: "Zeek's conn.log without its header, as of zeek-cut", columns: "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents" },
    Preset { name: "unsw-nb15", what: "the four parts of UNSW-NB15", columns: "srcip sport dstip dsport proto state dur sbytes dbytes sttl dttl sloss dloss service Sload Dload Spkts Dpkts swin dwin stcpb dtcpb smeansz dmeansz trans_depth res_bdy_len Sjit Djit Stime Ltime Sintpkt Dintpkt tcprtt synack ackdat is_sm_ips_ports ct_state_ttl ct_flw_http_mthd is_ftp_login ct_ftp_cmd ct_srv_src ct_srv_dst ct_dst_ltm ct_src_ltm ct_src_dport_ltm ct_dst_sport_ltm ct_dst_src_ltm attack_cat Label" },
    Preset { name: "paloalto-traffic", what: "TRAFFIC logs of Palo Alto over syslog", columns: "future_use receive_time serial type subtype future_use_2 time_generated src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset future_use_3 sessionid repeatcnt sport dport natsport natdport flags proto action bytes bytes_sent bytes_received packets start elapsed category padding seqno actionflags srcloc dstloc padding_2 pkts_sent pkts_received" },
    Preset { name: "paloalto-threat", what: "THREAT logs of Palo Alto over syslog", columns: "future_use receive_time serial type subtype future_use_2 time_generated src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset future_use_3 sessionid repeatcnt sport dport natsport natdport flags proto action" },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::options::Options;
    use crate::input::text::columns::choose;

    #[test]
    fn every_preset_has_a_source_and_a_destination() {
        for preset in PRESETS {
            let names: Vec<String> = preset.columns().collect();
            let (columns, warnings) = choose(&names, &Options::default(), "x").unwrap();
            assert_eq!((columns.len(), warnings.len()), (2, 0), "{}", preset.name);
            assert!(Preset::named(preset.name) == Some(preset));
        }
    }
}
