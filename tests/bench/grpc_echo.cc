// SPDX-License-Identifier: Apache-2.0
// The peer of mesh_bench.c in gRPC C++, the same messages one side in each process:
//   grpc_echo serve-async ADDRESS            completion queues, a thread a core; handlers may not block
//   grpc_echo serve-pool ADDRESS             the synchronous server on its own thread pool; handlers may block
//   grpc_echo load ADDRESS CALLERS SECONDS   completion queues, a thread a core
// load prints "calls/s p50-us p99-us client-cpu-us"; serve-* run until SIGTERM. ADDRESS: unix:/path.
#include "grpc_echo.grpc.pb.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <grpcpp/grpcpp.h>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

namespace
{
using sfp::bench::Echo;
using sfp::bench::EchoReply;
using sfp::bench::EchoRequest;

constexpr int threads = 2, payload = 160, deadline_s = 5;

void wait_for_end()
{
        sigset_t signals;
        int got;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigwait(&signals, &got);
}

void echo(const EchoRequest &in, EchoReply *out)
{
        out->set_rule_version(in.texts(0));
}

class PoolServer final : public Echo::Service
{
        grpc::Status Check(grpc::ServerContext *, const EchoRequest *in, EchoReply *out) override
        {
                echo(*in, out);
                return grpc::Status::OK;
        }
};

int serve_pool(const std::string &address)
{
        PoolServer service;
        grpc::ServerBuilder builder;
        builder.AddListeningPort(address, grpc::InsecureServerCredentials());
        builder.RegisterService(&service);
        auto server = builder.BuildAndStart();
        if (!server)
                return 1;
        wait_for_end();
        std::_Exit(0);
}

// One request on the asynchronous server: asked for, answered, replaced by the next.
struct Served
{
        Echo::AsyncService &service;
        grpc::ServerCompletionQueue &queue;
        grpc::ServerContext context;
        EchoRequest in;
        EchoReply out;
        grpc::ServerAsyncResponseWriter<EchoReply> writer{&context};
        bool is_answered = false;

        Served(Echo::AsyncService &of, grpc::ServerCompletionQueue &on) : service(of), queue(on)
        {
                service.RequestCheck(&context, &in, &writer, &queue, &queue, this);
        }
        void proceed()
        {
                if (is_answered) {
                        delete this;
                        return;
                }
                new Served(service, queue);
                echo(in, &out);
                is_answered = true;
                writer.Finish(out, grpc::Status::OK, this);
        }
};

int serve_async(const std::string &address)
{
        constexpr int waiting = 128;
        Echo::AsyncService service;
        grpc::ServerBuilder builder;
        std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
        builder.AddListeningPort(address, grpc::InsecureServerCredentials());
        builder.RegisterService(&service);
        for (int i = 0; i < threads; i++)
                queues.push_back(builder.AddCompletionQueue());
        auto server = builder.BuildAndStart();
        if (!server)
                return 1;
        for (auto &queue : queues)
                std::thread([&service, &queue] {
                        void *tag;
                        bool is_good;
                        for (int i = 0; i < waiting; i++)
                                new Served(service, *queue);
                        while (queue->Next(&tag, &is_good))
                                if (is_good)
                                        static_cast<Served *>(tag)->proceed();
                }).detach();
        wait_for_end();
        std::_Exit(0);
}

int64_t now_us()
{
        using namespace std::chrono;
        return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

double cpu_us()
{
        rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
               static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// One caller: as soon as a reply is there the next request leaves.
struct Caller
{
        Echo::Stub &stub;
        grpc::CompletionQueue &queue;
        const EchoRequest &in;
        std::unique_ptr<grpc::ClientContext> context;
        std::unique_ptr<grpc::ClientAsyncResponseReader<EchoReply>> reader;
        EchoReply out;
        grpc::Status status;
        int64_t sent_us = 0;

        void send()
        {
                sent_us = now_us();
                context = std::make_unique<grpc::ClientContext>();
                context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(deadline_s));
                reader = stub.AsyncCheck(context.get(), in, &queue);
                reader->Finish(&out, &status, this);
        }
};

int load(const std::string &address, int callers, int seconds)
{
        auto stub = Echo::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
        EchoRequest in;
        in.add_texts(std::string(payload, 'x'));
        std::vector<grpc::CompletionQueue> queues(threads);
        std::vector<std::vector<int32_t>> samples(threads);
        std::vector<std::thread> runners;
        double cpu = cpu_us();
        const int64_t started = now_us();
        const int64_t until = started + static_cast<int64_t>(seconds) * 1000000;
        for (int t = 0; t < threads; t++)
                runners.emplace_back([&, t] {
                        int n_running = callers / threads + (t < callers % threads);
                        for (int i = 0; i < n_running; i++)
                                (new Caller{*stub, queues[t], in})->send();
                        void *tag;
                        bool is_good;
                        while (n_running > 0 && queues[t].Next(&tag, &is_good)) {
                                auto *caller = static_cast<Caller *>(tag);
                                if (!is_good || !caller->status.ok())
                                        std::abort();
                                int64_t now = now_us();
                                samples[t].push_back(static_cast<int32_t>(now - caller->sent_us));
                                if (now < until)
                                        caller->send();
                                else
                                        n_running--;
                        }
                });
        for (auto &runner : runners)
                runner.join();
        double took = static_cast<double>(now_us() - started) / 1e6;
        std::vector<int32_t> all;
        for (auto &part : samples)
                all.insert(all.end(), part.begin(), part.end());
        cpu = (cpu_us() - cpu) / static_cast<double>(all.size());
        std::sort(all.begin(), all.end());
        std::printf("%.0f %d %d %.1f\n", static_cast<double>(all.size()) / took, all[all.size() / 2],
                all[all.size() - 1 - all.size() / 100], cpu);
        std::fflush(stdout);
        std::_Exit(0);
}
} // namespace

int main(int argc, char **argv)
{
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        if (argc == 3 && std::strcmp(argv[1], "serve-async") == 0)
                return serve_async(argv[2]);
        if (argc == 3 && std::strcmp(argv[1], "serve-pool") == 0)
                return serve_pool(argv[2]);
        if (argc == 5 && std::strcmp(argv[1], "load") == 0)
                return load(argv[2], std::atoi(argv[3]), std::atoi(argv[4]));
        std::fprintf(stderr, "usage: grpc_echo serve-async|serve-pool ADDRESS | load ADDRESS CALLERS SECONDS\n");
        return 2;
}
