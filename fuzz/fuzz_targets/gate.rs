//! libFuzzer over [`api::fuzzing::gate`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzzing::gate(data));
