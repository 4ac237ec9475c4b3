// SPDX-License-Identifier: GPL-2.0-only

// Uses IPVS as dockerd and kube-proxy do, through Debian's copy of moby/ipvs:
// adds a service with a server, changes both, reads them back, removes them.
// Prints what it read, a line each; exit status 1 when a call fails.
package main

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/moby/ipvs"
)

func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func show(handle *ipvs.Handle) {
	services, err := handle.GetServices()
	must("GetServices", err)
	for _, s := range services {
		fmt.Printf("service %v:%d mark %d protocol %d %s flags %x timeout %d\n",
			s.Address, s.Port, s.FWMark, s.Protocol, s.SchedName, s.Flags, s.Timeout)
		servers, err := handle.GetDestinations(s)
		must("GetDestinations", err)
		for _, d := range servers {
			fmt.Printf("server %v:%d weight %d method %d upper %d lower %d active %d\n",
				d.Address, d.Port, d.Weight, d.ConnectionFlags&ipvs.ConnectionFlagFwdMask,
				d.UpperThreshold, d.LowerThreshold, d.ActiveConnections)
		}
	}
}

func main() {
	handle, err := ipvs.New("")
	must("New", err)
	defer handle.Close()

	service := &ipvs.Service{
		AddressFamily: syscall.AF_INET,
		Address:       net.ParseIP("192.0.2.10").To4(),
		Protocol:      syscall.IPPROTO_TCP,
		Port:          80,
		SchedName:     ipvs.RoundRobin,
		Netmask:       0xffffffff,
	}
	server := &ipvs.Destination{
		AddressFamily:   syscall.AF_INET,
		Address:         net.ParseIP("198.51.100.11").To4(),
		Port:            8080,
		Weight:          2,
		ConnectionFlags: ipvs.ConnectionFlagMasq,
	}
	must("NewService", handle.NewService(service))
	fmt.Println("present", handle.IsServicePresent(service))
	must("NewDestination", handle.NewDestination(service, server))
	show(handle)
	service.SchedName = ipvs.LeastConnection
	must("UpdateService", handle.UpdateService(service))
	server.Weight = 0
	must("UpdateDestination", handle.UpdateDestination(service, server))
	show(handle)
	config, err := handle.GetConfig()
	must("GetConfig", err)
	fmt.Println("timeouts", config.TimeoutTCP, config.TimeoutTCPFin, config.TimeoutUDP)
	must("DelDestination", handle.DelDestination(service, server))
	must("DelService", handle.DelService(service))
	fmt.Println("present", handle.IsServicePresent(service))
	must("Flush", handle.Flush())
	show(handle)
}
