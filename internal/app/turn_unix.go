//go:build unix

package app

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the file for this process until it is closed or the process ends,
// however it ends. ok is false when another process has it.
func lockFile(f *os.File) (ok bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
