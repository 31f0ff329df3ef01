//! The doors through which Python calls `known_lines`: handles, and bytes that are only read.

#![deny(unsafe_op_in_unsafe_fn)]

mod example;
mod known_lines;
mod roles;
mod taken;
mod values;
mod whole_paths;

use known_lines::KnownLines;
use roles::{Role, COLUMNS};
use std::collections::HashMap;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::slice::from_raw_parts;

/// Which source this library was made from; told to whoever loads it.
#[no_mangle]
pub static ISOVIGIL_SOURCE: [u8; 33] = digest();

/// The digest of the sources, given when they are compiled, with a zero at its end.
const fn digest() -> [u8; 33] {
    let text = env!("ISOVIGIL_SOURCE").as_bytes();
    assert!(text.len() == 32);
    let mut found = [0; 33];
    let mut at = 0;
    while at < text.len() {
        found[at] = text[at];
        at += 1;
    }
    found
}

/// Paths of one resource type. `roles` is text: a path, a tab and a role's number a line. Null if unsound.
///
/// # Safety
/// `roles` points to `length` bytes.
#[no_mangle]
pub unsafe extern "C" fn known_lines_new(roles: *const u8, length: usize) -> *mut KnownLines {
    let text = unsafe { from_raw_parts(roles, length) };
    let made = catch_unwind(|| roles_of(text).map(KnownLines::new));
    match made {
        Ok(Some(known)) => Box::into_raw(Box::new(known)),
        _ => std::ptr::null_mut(),
    }
}

fn roles_of(text: &[u8]) -> Option<HashMap<Vec<u8>, Role>> {
    let mut found = HashMap::new();
    for line in std::str::from_utf8(text).ok()?.lines() {
        let (path, number) = line.split_once('\t')?;
        found.insert(path.as_bytes().to_vec(), Role::of(number.parse().ok()?)?);
    }
    Some(found)
}

/// # Safety
/// `known` came from `known_lines_new` and is not used again.
#[no_mangle]
pub unsafe extern "C" fn known_lines_free(known: *mut KnownLines) {
    if !known.is_null() {
        drop(unsafe { Box::from_raw(known) });
    }
}

/// Learn a line: 1 learned, 0 it cannot be an example, 2 there is no room, -1 a fault.
///
/// # Safety
/// `known` came from `known_lines_new`; `line` points to `length` bytes.
#[no_mangle]
pub unsafe extern "C" fn known_lines_learn(known: *mut KnownLines, line: *const u8, length: usize) -> i32 {
    let (known, line) = unsafe { (&mut *known, from_raw_parts(line, length)) };
    catch_unwind(AssertUnwindSafe(|| if known.is_full() { 2 } else { i32::from(known.learn(line)) }))
        .unwrap_or(-1)
}

/// Take lines apart: 0, or -1 after a fault. `told` gets pairs of address and length, in this order: whether there is
/// no more room and the number of lines, places, starts, which kind, kinds, left, new templates, new performers;
/// then of each column offsets, data, validity and the number of nulls. They stay until the next call.
///
/// # Safety
/// `known` came from `known_lines_new`; `text` points to `length` bytes, `told` to room for all pairs.
#[no_mangle]
pub unsafe extern "C" fn known_lines_take(
    known: *mut KnownLines,
    text: *const u8,
    length: usize,
    told: *mut [u64; 2],
) -> i32 {
    let (known, text) = unsafe { (&mut *known, from_raw_parts(text, length)) };
    let told = unsafe { std::slice::from_raw_parts_mut(told, PAIRS) };
    if catch_unwind(AssertUnwindSafe(|| known.take(text))).is_err() {
        return -1;
    }
    let taken = &known.taken;
    told[0] = [u64::from(known.is_full()), taken.lines];
    let numbers = [
        &taken.places,
        &taken.starts,
        &taken.which,
        &taken.kinds,
        &taken.left,
        &taken.new_templates,
        &taken.new_performers,
    ];
    for (pair, each) in told[1..].iter_mut().zip(numbers) {
        *pair = [each.as_ptr() as u64, each.len() as u64];
    }
    for (pairs, column) in told[1 + numbers.len()..].chunks_exact_mut(4).zip(&taken.columns) {
        pairs[0] = [column.offsets.as_ptr() as u64, column.offsets.len() as u64];
        pairs[1] = [column.data.as_ptr() as u64, column.data.len() as u64];
        pairs[2] = [column.valid.as_ptr() as u64, column.valid.len() as u64];
        pairs[3] = [0, column.nulls];
    }
    0
}

const PAIRS: usize = 1 + 7 + 4 * COLUMNS;
