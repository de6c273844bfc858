package meter

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Program is what the running processes of one program have taken.
type Program struct {
	Processes int
	CPU       float64 // microseconds on a processor, of all of them
	Peak      int64   // bytes: the most that any of them has had in memory at once
}

// Children gives what this process' children take that are running, by the name of their program.
func Children() (map[string]Program, error) {
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	own := "PPid:\t" + strconv.Itoa(os.Getpid()) + "\n"
	programs := map[string]Program{}
	for _, folder := range all {
		status, err := os.ReadFile(filepath.Join(folder, "status"))
		if err != nil || !bytes.Contains(status, []byte(own)) {
			continue // not ours, or gone
		}
		exe, err := os.Readlink(filepath.Join(folder, "exe"))
		if err != nil {
			continue // gone
		}
		took, err := processorTime(folder)
		if err != nil {
			return nil, err
		}
		p := programs[filepath.Base(exe)]
		p.Processes++
		p.CPU += took
		p.Peak = max(p.Peak, peak(status))
		programs[filepath.Base(exe)] = p
	}
	return programs, nil
}

// OwnCPU is for how many microseconds this process has been on a processor.
func OwnCPU() (float64, error) { return processorTime("/proc/self") }

// CPU is for how many microseconds a process has been on a processor.
func CPU(pid int) (float64, error) { return processorTime("/proc/" + strconv.Itoa(pid)) }

// Peak is the most that a process has had in memory at once, in bytes; 0 if it has ended.
func Peak(pid int) int64 {
	status, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status") // gone
	return peak(status)
}

// processorTime gives the microseconds that a process of /proc has been on a processor. The figures of threads are exact
// (https://docs.kernel.org/scheduler/sched-stats.html), unlike those of processes, which are ticks.
func processorTime(folder string) (float64, error) {
	threads, err := filepath.Glob(filepath.Join(folder, "task", "*", "schedstat"))
	if err != nil {
		return 0, err
	}
	total := 0.0
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended
		}
		first, _, _ := strings.Cut(string(text), " ")
		nanoseconds, err := strconv.ParseFloat(first, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", thread, err)
		}
		total += nanoseconds / 1000
	}
	return total, nil
}

// peak reads VmHWM, which is in kB (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html).
func peak(status []byte) int64 {
	for line := range strings.Lines(string(status)) {
		if size, found := strings.CutPrefix(line, "VmHWM:"); found {
			kB, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(size), " kB"), 10, 64) // the kernel's own
			return kB << 10
		}
	}
	return 0
}

// Machine names the processor, and the version of Go.
func Machine() string {
	name := runtime.GOARCH
	text, _ := os.ReadFile("/proc/cpuinfo") // without it there is no name
	for line := range strings.Lines(string(text)) {
		if model, found := strings.CutPrefix(line, "model name"); found {
			name = strings.Trim(model, "\t :\n")
			break
		}
	}
	return fmt.Sprintf("%s, %d processors, %s", name, runtime.NumCPU(), runtime.Version())
}
