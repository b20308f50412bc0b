//! libFuzzer over [`api::fuzzing::token`].

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzzing::token(data));
