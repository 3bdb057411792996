//! Reading captures through the public interface, all formats but packets. One program, because each takes as
//! long to link as many of these tests take to run.

mod compressed;
mod counts;
mod damage;
mod fields;
mod files;
mod json;
mod lists;
mod logs;
mod reading;
mod tables;
mod wide;

// The rules that the fuzz targets check, too.
#[path = "../../fuzz/src/account.rs"]
mod account;
use octomix::{address, input};
