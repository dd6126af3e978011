//! Unpacks the RTF that Outlook packs in its items ([MS-OXRTFCP]). Never gives more than the header announces.

use super::props::u32_at;

/// What the window holds before the first byte.
const BEFORE: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW: usize = 4096;

/// The RTF, and whether it is whole; nothing when this is no packed RTF.
pub(super) fn unpack(packed: &[u8]) -> Option<(Vec<u8>, bool)> {
    let size = usize::try_from(u32_at(packed, 4)?).ok()?;
    let body = packed.get(16..)?;
    match packed.get(8..12)? {
        b"MELA" => Some((body[..size.min(body.len())].to_vec(), size <= body.len())),
        b"LZFu" => Some(unpack_body(body, size)),
        _ => None,
    }
}

fn unpack_body(body: &[u8], size: usize) -> (Vec<u8>, bool) {
    let mut window = [b' '; WINDOW];
    window[..BEFORE.len()].copy_from_slice(BEFORE);
    let mut at = BEFORE.len();
    let mut bytes = body.iter().copied();
    let mut rtf = Vec::new();
    let mut put = |byte: u8, window: &mut [u8; WINDOW], at: &mut usize| {
        window[*at] = byte;
        *at = (*at + 1) % WINDOW;
        rtf.push(byte);
        rtf.len()
    };
    'whole: while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            let Some(first) = bytes.next() else {
                break 'whole;
            };
            if flags & (1 << bit) == 0 {
                if put(first, &mut window, &mut at) >= size {
                    break 'whole;
                }
                continue;
            }
            let Some(second) = bytes.next() else {
                break 'whole;
            };
            let reference = usize::from(u16::from_be_bytes([first, second]));
            let (from, length) = (reference >> 4, (reference & 15) + 2);
            // A reference to the place where the next byte would come ends the text.
            if from == at {
                break 'whole;
            }
            for step in 0..length {
                let byte = window[(from + step) % WINDOW];
                if put(byte, &mut window, &mut at) >= size {
                    break 'whole;
                }
            }
        }
    }
    let whole = rtf.len() >= size;
    (rtf, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_format_come_out() {
        // The two examples of [MS-OXRTFCP] 3.
        let simple = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\0\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0";
        let (rtf, whole) = unpack(simple).expect("packed RTF");
        assert_eq!(
            String::from_utf8_lossy(&rtf),
            "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        );
        assert!(whole);
        let crossing = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\0\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0";
        let (rtf, _) = unpack(crossing).expect("packed RTF");
        assert_eq!(
            String::from_utf8_lossy(&rtf),
            "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
        );
    }

    #[test]
    fn a_cut_text_gives_its_beginning() {
        let packed = b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0\x72\x63";
        let (rtf, whole) = unpack(packed).expect("packed RTF");
        assert!(rtf.starts_with(b"{\\rtf1\\ansi"));
        assert!(!whole);
        let stored = b"\x0f\0\0\0\x03\0\0\0MELA\0\0\0\0abc";
        assert_eq!(unpack(stored), Some((b"abc".to_vec(), true)));
        assert_eq!(unpack(b"kort"), None);
    }
}
