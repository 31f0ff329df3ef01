//! How long is a value, and is it one of a kind that a column may hold? Answered byte by byte, by the grammar of JSON.

const LONGEST_NUMBER: usize = 15;
const LONGEST_ID: usize = 64;
const LONGEST_UNDER: usize = 200;

pub fn end_of_line(text: &[u8]) -> usize {
    first(text, |word| is_byte(word, b'\n'), |byte| byte == b'\n').unwrap_or(text.len())
}

/// How long a text is up to its closing quote; nothing where it holds an escape or control character, or is no UTF-8.
pub fn plain_text(text: &[u8]) -> Option<usize> {
    let mut held = 0;
    let length = up_to_a_mark(text, &mut held)?;
    (text[length] == b'"' && is_sound(&text[..length], held)).then_some(length)
}

/// How long a text is up to its closing quote, with the escapes that JSON knows; nothing where it is no UTF-8.
pub fn any_text(text: &[u8]) -> Option<usize> {
    let (mut at, mut held) = (0, 0);
    loop {
        at += up_to_a_mark(&text[at..], &mut held)?;
        match text[at] {
            b'"' => return is_sound(&text[..at], held).then_some(at),
            b'\\' => at += escape(&text[at + 1..])? + 1,
            _ => return None,
        }
    }
}

/// The place of the first quote, backslash or control character. Into `held` go the bits of all that was looked at.
fn up_to_a_mark(text: &[u8], held: &mut u64) -> Option<usize> {
    let marks = |word: u64| {
        *held |= word;
        is_byte(word, b'"') | is_byte(word, b'\\') | is_below(word, 0x20)
    };
    let mut last = 0;
    let found = first(text, marks, |byte| {
        last |= byte;
        byte == b'"' || byte == b'\\' || byte < 0x20
    });
    *held |= u64::from(last);
    found
}

/// Is a text UTF-8? Plain ASCII is, and that its bits tell; they may hold more than its own.
fn is_sound(text: &[u8], held: u64) -> bool {
    held & HIGHS == 0 || std::str::from_utf8(text).is_ok()
}

/// How long an escape is, after its backslash.
pub fn escape(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(1),
        b'u' => {
            let digits = text.get(1..5)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(5)
        }
        _ => None,
    }
}

/// The place of the first byte that is sought; eight are looked at at a time.
pub fn first(
    text: &[u8],
    mut in_word: impl FnMut(u64) -> u64,
    mut is_sought: impl FnMut(u8) -> bool,
) -> Option<usize> {
    let mut chunks = text.chunks_exact(8);
    let mut at = 0;
    for chunk in &mut chunks {
        let found = in_word(word(chunk));
        if found != 0 {
            // Only the lowest mark is exact, and only it is asked for.
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    chunks.remainder().iter().position(|byte| is_sought(*byte)).map(|place| at + place)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

pub fn is_byte(word: u64, byte: u8) -> u64 {
    let other = word ^ (ONES * u64::from(byte));
    other.wrapping_sub(ONES) & !other & HIGHS
}

pub fn is_below(word: u64, byte: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(byte)) & !word & HIGHS
}

/// How long a number, true or false is, by the grammar of JSON.
pub fn scalar(text: &[u8]) -> Option<usize> {
    for known in [&b"true"[..], b"false"] {
        if text.starts_with(known) {
            return Some(known.len());
        }
    }
    let mut at = usize::from(text.first() == Some(&b'-'));
    at += whole_number(&text[at..])?;
    if text.get(at) == Some(&b'.') {
        at += 1 + some_digits(&text[at + 1..])?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at += some_digits(text.get(at..)?)?;
    }
    Some(at)
}

pub fn whole_number(text: &[u8]) -> Option<usize> {
    let length = some_digits(text)?;
    (text[0] != b'0' || length == 1).then_some(length)
}

pub fn some_digits(text: &[u8]) -> Option<usize> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (length > 0).then_some(length)
}

/// Is it a number without an exponent, and the same decimal number whoever reads it?
pub fn is_plain_number(value: &[u8]) -> bool {
    value.len() <= LONGEST_NUMBER
        && value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
}

pub fn is_id(value: &[u8]) -> bool {
    !value.is_empty() && value.len() <= LONGEST_ID && value.iter().all(|byte| is_of_an_id(*byte))
}

pub fn is_of_an_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'
}

pub fn is_reference(value: &[u8]) -> bool {
    !value.is_empty()
        && value.len() <= LONGEST_UNDER
        && value.iter().all(|byte| is_of_an_id(*byte) || *byte == b'/' || *byte == b':')
}

/// Where the name of the patient begins in a reference.
pub fn patient_named(reference: &[u8]) -> Option<usize> {
    const RELATIVE: &[u8] = b"Patient/";
    if let Some(name) = reference.strip_prefix(RELATIVE) {
        return (!name.is_empty() && !name.contains(&b'/')).then_some(RELATIVE.len());
    }
    let begin = reference.iter().rposition(|byte| *byte == b'/')? + 1;
    let is_absolute = reference.starts_with(b"http://") || reference.starts_with(b"https://");
    let scheme = if reference.starts_with(b"https") { 8 } else { 7 };
    let before = reference[..begin].strip_suffix(b"/Patient/")?;
    (is_absolute && before.len() >= scheme && is_id(&reference[begin..])).then_some(begin)
}

/// What of a reference to a performer counts: of an organization, and of what is inside the same resource, which
/// one it is; of everybody else what stands before the name.
pub fn performer_meant(reference: &[u8]) -> &[u8] {
    if holds(reference, b"Organization/") || reference.starts_with(b"#") || reference.starts_with(b"urn:") {
        return reference;
    }
    match reference.iter().rposition(|byte| *byte == b'/') {
        Some(at) => &reference[..=at],
        None => reference,
    }
}

/// Does a part stand anywhere in a value? Only where its first byte does, it is compared.
pub fn holds(value: &[u8], part: &[u8]) -> bool {
    let [begins, ..] = *part else { return true };
    let mut rest = value;
    while let Some(at) = first(rest, |word| is_byte(word, begins), |byte| byte == begins) {
        if rest[at..].starts_with(part) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Eight bytes as one word.
pub fn word(eight: &[u8]) -> u64 {
    let mut held = [0u8; 8];
    held.copy_from_slice(eight);
    u64::from_le_bytes(held)
}
