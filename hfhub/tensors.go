package hfhub

const parallel = 8 // ranges in flight at once
