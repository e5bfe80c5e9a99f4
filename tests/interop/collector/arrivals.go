// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"os"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// What the exporter `arrivals` is told: where it writes, and the file whose text says how it fails.
type arrivalsConfig struct {
	Path string `mapstructure:"path"`
	Fail string `mapstructure:"fail"`
}

// Writes a line for each request: OTLP's JSON of what arrived, or that the pipeline has failed.
type arrivals struct {
	config *arrivalsConfig
	lock   sync.Mutex
	file   *os.File
}

func (a *arrivals) Start(context.Context, component.Host) (err error) {
	a.file, err = os.OpenFile(a.config.Path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	return
}

func (a *arrivals) Shutdown(context.Context) error { return a.file.Close() }

func (a *arrivals) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// The error that the suite wants now. Without the file all is well; every other text than `later` fails for good.
func (a *arrivals) wantedError() error {
	text, err := os.ReadFile(a.config.Fail)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && string(text) == "later" {
		return errors.New("the pipeline is away")
	}
	return consumererror.NewPermanent(errors.New("the pipeline refuses"))
}

func (a *arrivals) write(line []byte) error {
	a.lock.Lock()
	defer a.lock.Unlock()
	_, err := a.file.Write(append(line, '\n'))
	return err
}

func (a *arrivals) ConsumeTraces(_ context.Context, traces ptrace.Traces) error {
	if wanted := a.wantedError(); wanted != nil {
		return errors.Join(wanted, a.write([]byte(`{"failed": true}`)))
	}
	line, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	if err != nil {
		return err
	}
	return a.write(line)
}

func arrivalsFactory() exporter.Factory {
	create := func(_ context.Context, _ exporter.Settings, config component.Config) (exporter.Traces, error) {
		return &arrivals{config: config.(*arrivalsConfig)}, nil
	}
	empty := func() component.Config { return &arrivalsConfig{} }
	return exporter.NewFactory(component.MustNewType("arrivals"), empty,
		exporter.WithTraces(create, component.StabilityLevelDevelopment))
}
