// Package strangers holds tests in which clients that others wrote judge the
// servers of storagetest: an emulator that only our own clients can speak to
// would prove nothing.
package strangers
