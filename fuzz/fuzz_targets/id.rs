//! libFuzzer over [`api::fuzzing::id`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzzing::id(data));
