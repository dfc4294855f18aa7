//! Sorting by a closure that may fail: its error is the sort's, and Ctrl-C ends it. Rhai's own goes on to its end.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext};

use super::failure::raise;
use super::value::describe;
use crate::crawl::CrawlError;

type Compare<'c> = dyn FnMut(&Dynamic, &Dynamic) -> Result<Ordering, Box<EvalAltResult>> + 'c;

/// Registers `sort`, `sort_by`, `order` and `order_by` with a closure.
pub fn register(engine: &mut Engine) {
    for name in ["sort", "sort_by"] {
        engine.register_fn(
            name,
            |ctx: NativeCallContext<'_>, array: &mut Array, by: FnPtr| -> Result<(), Box<EvalAltResult>> {
                *array = sorted(&ctx, array, &by)?;
                Ok(())
            },
        );
    }
    for name in ["order", "order_by"] {
        engine.register_fn(name, |ctx: NativeCallContext<'_>, array: &mut Array, by: FnPtr| sorted(&ctx, array, &by));
    }
}

fn sorted(ctx: &NativeCallContext<'_>, array: &Array, by: &FnPtr) -> Result<Array, Box<EvalAltResult>> {
    let mut items = array.clone();
    merge_sort(&mut items, &mut |a, b| {
        let answer = by.call_raw(ctx, None, [a.clone(), b.clone()])?;
        ordering(&answer).ok_or_else(|| {
            let message = format!(
                "a closure that sorts returns a number (below, at or above 0) or a boolean, got {}",
                describe(&answer)
            );
            let error = CrawlError::new("crawl::argument::type", message);
            raise(ctx, error.help("`|a, b| a.price - b.price` sorts upwards, `|a, b| a.name <= b.name` too"))
        })
    })?;
    Ok(items)
}

/// A number as usual; `true` where the first comes first.
fn ordering(answer: &Dynamic) -> Option<Ordering> {
    if let Ok(number) = answer.as_int() {
        return Some(number.cmp(&0));
    }
    if let Ok(number) = answer.as_float() {
        return number.partial_cmp(&0.0);
    }
    answer.as_bool().ok().map(|first| if first { Ordering::Less } else { Ordering::Greater })
}

/// Stable, and at peace with a closure that contradicts itself.
fn merge_sort(items: &mut Array, compare: &mut Compare<'_>) -> Result<(), Box<EvalAltResult>> {
    if items.len() < 2 {
        return Ok(());
    }
    let mut right = items.split_off(items.len() / 2);
    merge_sort(items, compare)?;
    merge_sort(&mut right, compare)?;
    let mut merged = Array::with_capacity(items.len() + right.len());
    let mut left = items.drain(..).peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(a, b)? == Ordering::Greater { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    *items = merged;
    Ok(())
}
