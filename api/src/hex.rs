//! Bytes as hexadecimal text.

use std::fmt::Write as _;

/// Two lower-case digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The bytes that these lower-case digits mean; none where they are others, or of another number.
pub(crate) fn bytes<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_digits_that_it_writes_are_read() {
        let some = [0x00, 0x1f, 0xa0, 0xff];
        assert_eq!(bytes(&hex(&some)), Some(some));
        for wrong in ["001fa0f", "001fa0ff00", "001FA0FF", "001fa0fg", "00éa0ff"] {
            assert_eq!(bytes::<4>(wrong), None, "{wrong}");
        }
    }
}
