//! Lines of a text that comes in pieces. Holds one line at a time, and no more than a bound of it.

use super::super::Input;
use super::super::encoding::{self, Failure};

/// Longer lines are handed over in parts.
const LONGEST: usize = 1 << 20;

/// Hands over every line of the file without its end; `begins` is false for a further part of a long line.
pub(super) fn each(
    input: &mut Input,
    mut line: impl FnMut(&str, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let encoding = encoding::detect(input, None)?;
    let mut held = String::new();
    let mut begins = true;
    encoding::decode(input, encoding, |piece| {
        for part in piece.split_inclusive('\n') {
            match part.strip_suffix('\n') {
                Some(end) if held.is_empty() => {
                    line(end, begins)?;
                    begins = true;
                }
                Some(end) => {
                    held.push_str(end);
                    line(&held, begins)?;
                    held.clear();
                    begins = true;
                }
                None => held.push_str(part),
            }
        }
        if held.len() > LONGEST {
            line(&held, begins)?;
            held.clear();
            begins = false;
        }
        Ok(())
    })?;
    if !held.is_empty() {
        line(&held, begins)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::input;
    use super::*;

    #[test]
    fn lines_come_whole_and_monsters_in_parts() {
        let long = "x".repeat(3 * LONGEST);
        let text = format!("een\r\n\r\ntwee\n{long}\ndrie");
        let mut found: Vec<String> = Vec::new();
        each(&mut input("x", text.as_bytes()), |line, begins| {
            match found.last_mut() {
                Some(last) if !begins => last.push_str(line),
                _ => found.push(line.to_owned()),
            }
            assert!(line.len() < 2 * LONGEST);
            Ok(())
        })
        .expect("reading");
        assert_eq!(found, ["een", "", "twee", long.as_str(), "drie"]);
    }
}
