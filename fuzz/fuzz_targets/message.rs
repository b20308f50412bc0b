//! libFuzzer over [`api::fuzzing::message`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzzing::message(data));
