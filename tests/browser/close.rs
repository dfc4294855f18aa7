//! x
use super::stage::cases;
cases![];
