package sesmail

// Plain is for tests of what mails hold.
var Plain = plain
