//! Day by day: stock after orders, moves and the deliveries that react to it.

use super::{DAYS, DELIVERIES, Delivery, LOCATIONS, Movement, Order, PRODUCTS, demand, keeps};
use crate::demo::dice::Dice;

/// Units of every product at every location that keeps it, when the ledger opens.
const OPENING: i64 = 2_000;
/// How far ahead purchasing looks: deliveries follow the demand of the coming weeks.
const LEAD_DAYS: usize = 25;

/// Stock at the end of one day.
pub(super) struct StockDay {
    pub(super) product: usize,
    pub(super) location: usize,
    pub(super) day: usize,
    pub(super) units: i64,
}

/// Stock by product and location.
struct Shelves(Vec<i64>);

impl Shelves {
    fn open() -> Self {
        Self(vec![OPENING; PRODUCTS * LOCATIONS])
    }

    fn units(&self, product: usize, location: usize) -> i64 {
        self.0.get(product * LOCATIONS + location).copied().unwrap_or_default()
    }

    fn change(&mut self, product: usize, location: usize, by: i64) {
        if let Some(units) = self.0.get_mut(product * LOCATIONS + location) {
            *units += by;
        }
    }
}

/// Deliveries by day, and the ledger ordered by product, location, day.
pub(super) fn run(dice: &mut Dice, orders: &[Order], movements: &[Movement]) -> (Vec<Delivery>, Vec<StockDay>) {
    let mut shelves = Shelves::open();
    let mut deliveries = Vec::with_capacity(DELIVERIES);
    let mut stock = Vec::with_capacity(PRODUCTS * 7 * DAYS);
    let arrivals = arrivals_per_day(dice);
    let (mut orders, mut movements) = (orders.iter().peekable(), movements.iter().peekable());
    for day in 0..DAYS {
        while let Some(order) = orders.next_if(|o| o.day == day) {
            shelves.change(order.product, order.location, -order.quantity);
        }
        while let Some(movement) = movements.next_if(|m| m.day == day) {
            shelves.change(movement.product, movement.from, -movement.quantity);
            shelves.change(movement.product, movement.to, movement.quantity);
        }
        for _ in 0..arrivals.get(day).copied().unwrap_or_default() {
            let delivery = draw_delivery(dice, &shelves, day);
            shelves.change(delivery.product, delivery.location, delivery.quantity);
            deliveries.push(delivery);
        }
        for (product, location) in kept() {
            let units = shelves.units(product, location);
            stock.push(StockDay { product, location, day, units });
        }
    }
    stock.sort_by_key(|line| (line.product, line.location, line.day));
    (deliveries, stock)
}

fn kept() -> impl Iterator<Item = (usize, usize)> {
    (0..PRODUCTS).flat_map(|p| (0..LOCATIONS).filter(move |l| keeps(p, *l)).map(move |l| (p, l)))
}

fn arrivals_per_day(dice: &mut Dice) -> Vec<usize> {
    let demand = demand();
    let ahead: Vec<usize> = (0..DAYS)
        .map(|day| match day {
            0 => 0,
            _ => demand.get((day + LEAD_DAYS).min(DAYS - 1)).copied().unwrap_or_default().max(200),
        })
        .collect();
    let mut arrivals = vec![0; DAYS];
    for _ in 0..DELIVERIES {
        if let Some(count) = arrivals.get_mut(dice.weighted(&ahead)) {
            *count += 1;
        }
    }
    arrivals
}

/// Goes where, out of four shelves looked at, stock is lowest; one in twenty to location 0, which is not on the books.
fn draw_delivery(dice: &mut Dice, shelves: &Shelves, day: usize) -> Delivery {
    // Product 10 is stocked for its launch but not delivered.
    let candidates: Vec<(usize, usize)> = if dice.chance(5) {
        kept().filter(|(p, l)| *p < 10 && *l == 0).collect()
    } else {
        kept().filter(|(p, l)| *p < 10 && *l > 0).collect()
    };
    let looked_at: Vec<(usize, usize)> = (0..4).map(|_| dice.pick(&candidates)).collect();
    let (product, location) = looked_at.into_iter().min_by_key(|(p, l)| shelves.units(*p, *l)).unwrap_or_default();
    Delivery { day, product, location, quantity: dice.between(20, 110) }
}
