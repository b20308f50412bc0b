//! libFuzzer over [`api::fuzzing::cursor`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzzing::cursor(data));
