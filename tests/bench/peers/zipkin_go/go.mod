module edgespan/bench

go 1.20

require (
	github.com/openzipkin/zipkin-go v0.4.3
	golang.org/x/sys v0.19.0
)

require (
	google.golang.org/grpc v1.63.2 // indirect
	google.golang.org/protobuf v1.33.0 // indirect
)
