//! Reading captures through the public interface, all formats but packets. One program, because each takes as
//! long to link as many of these tests take to run.

mod compressed;
mod counts;
mod fields;
mod files;
mod json;
mod lists;
mod logs;
mod reading;
mod tables;
mod wide;
